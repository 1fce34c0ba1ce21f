"""One realistic call of every route that makes a job, by operation id, with what it may cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from coinslot import Job
from stablestudio import ImageResult, StableStudio, VideoResult

ResultT = TypeVar("ResultT", ImageResult, VideoResult)

PHOTO = "https://files.example/harbour.png"
PORTRAIT = "https://files.example/captain.jpg"
TUNE = "https://files.example/shanty.mp3"


class Play(NamedTuple, Generic[ResultT]):
    """A call and its cap."""

    max_price: str
    """Dollars."""
    call: Callable[[StableStudio], Job[ResultT]]


Pictures: TypeAlias = dict[str, Play[ImageResult]]
Films: TypeAlias = dict[str, Play[VideoResult]]

PICTURES: Pictures = {
    "generate_nano-banana_generate": Play(
        "0.05",
        lambda studio: studio.nano_banana.generate(
            prompt="A lighthouse in fog", aspect_ratio="4:3", image_size="512", thinking_level="high"
        ),
    ),
    "generate_nano-banana_edit": Play(
        "0.151",
        lambda studio: studio.nano_banana.edit(prompt="Make it night", images=[PHOTO], image_size="2K"),
    ),
    "generate_nano-banana-pro_generate": Play(
        "0.24",
        lambda studio: studio.nano_banana_pro.generate(
            prompt="A sunset over the sea", aspect_ratio="16:9", image_size="2K"
        ),
    ),
    "generate_nano-banana-pro_edit": Play(
        "0.24",
        lambda studio: studio.nano_banana_pro.edit(
            prompt="Put the captain on the pier", images=[PHOTO, PORTRAIT], image_size="4K"
        ),
    ),
    "generate_gpt-image-2_generate": Play(
        "0.21",
        lambda studio: studio.gpt_image_2.generate(
            prompt="A map of an island", size="1536x1024", quality="low", output_format="webp"
        ),
    ),
    "generate_gpt-image-2_edit": Play(
        "0.21",
        lambda studio: studio.gpt_image_2.edit(
            prompt="Add a sea monster", images=[PHOTO], size="1024x1024", quality="medium"
        ),
    ),
    "generate_gpt-image-1.5_generate": Play(
        "0.20",
        lambda studio: studio.gpt_image_1_5.generate(
            prompt="An anchor as a sticker", background="transparent", quality="low", moderation="auto"
        ),
    ),
    "generate_gpt-image-1.5_edit": Play(
        "0.20",
        lambda studio: studio.gpt_image_1_5.edit(
            prompt="Remove the gulls", images=[PHOTO], input_fidelity="low", output_format="jpeg"
        ),
    ),
    "generate_flux-2-pro_generate": Play(
        "0.04",
        lambda studio: studio.flux_2_pro.generate(
            prompt="Rope and tar, close up",
            aspect_ratio="3:2",
            resolution="0.5 MP",
            output_quality=60,
            seed=7,
        ),
    ),
    "generate_flux-2-pro_edit": Play(
        "0.06",
        lambda studio: studio.flux_2_pro.edit(
            prompt="In winter", images=[PHOTO], output_format="jpg", safety_tolerance=1
        ),
    ),
    "generate_flux-2-max_generate": Play(
        "0.17",
        lambda studio: studio.flux_2_max.generate(
            prompt="A fleet at anchor", resolution="4 MP", prompt_upsampling=True
        ),
    ),
    "generate_flux-2-max_edit": Play(
        "0.17",
        lambda studio: studio.flux_2_max.edit(
            prompt="As a woodcut", images=[PHOTO, PORTRAIT], aspect_ratio="5:4", output_format="png"
        ),
    ),
    "generate_grok_generate": Play(
        "0.07",
        lambda studio: studio.grok.generate(prompt="A kraken, friendly", aspect_ratio="19.5:9"),
    ),
    "generate_grok_edit": Play(
        "0.03",
        lambda studio: studio.grok.edit(prompt="More teeth", images=[PHOTO]),
    ),
}

FILMS: Films = {
    "generate_grok-video_generate": Play(
        "0.75",
        lambda studio: studio.grok_video.generate(
            prompt="Waves roll in", duration="3", resolution="480p", image=PHOTO
        ),
    ),
    "generate_sora-2_generate": Play(
        "0.40",
        lambda studio: studio.sora_2.generate(prompt="A storm rises", seconds="4", size="720x1280"),
    ),
    "generate_sora-2-pro_generate": Play(
        "2.00",
        lambda studio: studio.sora_2_pro.generate(
            prompt="The storm breaks", seconds="4", input_reference=PHOTO, auto_crop=False
        ),
    ),
    "generate_veo-3.1_generate": Play(
        "1.60",
        lambda studio: studio.veo_3_1.generate(
            prompt="From calm to storm", image_mode="interpolation", image=PHOTO, last_frame=PORTRAIT
        ),
    ),
    "generate_veo-3.1-fast_generate": Play(
        "1.00",
        lambda studio: studio.veo_3_1_fast.generate(
            prompt="Gulls circle the mast", aspect_ratio="9:16", negative_prompt="people"
        ),
    ),
    "generate_wan-2.6_t2v": Play(
        "0.75",
        lambda studio: studio.wan_2_6.t2v(
            prompt="A bottle drifts ashore", size="720*1280", seed=11, multi_shots=True
        ),
    ),
    "generate_wan-2.6_i2v": Play(
        "0.75",
        lambda studio: studio.wan_2_6.i2v(
            prompt="The fog lifts", image=PHOTO, audio_url=TUNE, enable_prompt_expansion=False
        ),
    ),
    "generate_seedance_t2v": Play(
        "1.00",
        lambda studio: studio.seedance.t2v(
            prompt="A tall ship under sail", duration="4", output_resolution="480p"
        ),
    ),
    "generate_seedance_i2v": Play(
        "1.00",
        lambda studio: studio.seedance.i2v(
            prompt="She turns and smiles",
            urls=[PORTRAIT, PHOTO],
            mode="reference",
            url_media_types=["image", "image"],
            duration="4",
        ),
    ),
    "generate_seedance-fast_t2v": Play(
        "0.85",
        lambda studio: studio.seedance_fast.t2v(prompt="Sails go up", duration="5", aspect_ratio="21:9"),
    ),
    "generate_seedance-fast_i2v": Play(
        "0.85",
        lambda studio: studio.seedance_fast.i2v(
            prompt="The lamp is lit", urls=[PHOTO], audio_urls=[TUNE], output_resolution="480p"
        ),
    ),
}
