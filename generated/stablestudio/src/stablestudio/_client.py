# Written by coinslot-codegen 0.1.0; do not edit.
"""The root clients: every call hangs below one of them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from coinslot import AsyncClient, Client

from . import _jobs

if TYPE_CHECKING:
    from .flux_2_max import AsyncFlux2Max, Flux2Max
    from .flux_2_pro import AsyncFlux2Pro, Flux2Pro
    from .gpt_image_1_5 import AsyncGptImage15, GptImage15
    from .gpt_image_2 import AsyncGptImage2, GptImage2
    from .grok import AsyncGrok, Grok
    from .grok_video import AsyncGrokVideo, GrokVideo
    from .jobs import AsyncJobs, Jobs
    from .nano_banana import AsyncNanoBanana, NanoBanana
    from .nano_banana_pro import AsyncNanoBananaPro, NanoBananaPro
    from .seedance import AsyncSeedance, Seedance
    from .seedance_fast import AsyncSeedanceFast, SeedanceFast
    from .sora_2 import AsyncSora2, Sora2
    from .sora_2_pro import AsyncSora2Pro, Sora2Pro
    from .upload import AsyncUpload, Upload
    from .veo_3_1 import AsyncVeo31, Veo31
    from .veo_3_1_fast import AsyncVeo31Fast, Veo31Fast
    from .wan_2_6 import AsyncWan26, Wan26


class StableStudio(Client):
    """The client of StableStudio.

    Creates images and videos with AI models, each generation paid for on its own. There
    is nothing to subscribe to.

    For image generation: `gpt_image_2`. Gives the best quality by default. Take it for
    nearly any image, unless the user cares more about speed or names a different model.

    For fast image generation: `nano_banana_pro`. For drafts and for users in a hurry;
    its images go up to 4K.

    For video generation: `veo_3_1`. The most quality for its price, in up to 1080p.
    """

    ORIGIN = "https://stablestudio.dev"
    RUNTIME = "0.1"
    UPLOAD_STEPS = ".upload._steps"
    JOB_ROUTES = _jobs.ROUTES

    @cached_property
    def flux_2_max(self) -> Flux2Max:
        """Flux 2 Max: edit, generate."""
        from .flux_2_max import Flux2Max

        return Flux2Max(self)

    @cached_property
    def flux_2_pro(self) -> Flux2Pro:
        """Flux 2 Pro: edit, generate."""
        from .flux_2_pro import Flux2Pro

        return Flux2Pro(self)

    @cached_property
    def gpt_image_1_5(self) -> GptImage15:
        """GPT Image 1.5: edit, generate."""
        from .gpt_image_1_5 import GptImage15

        return GptImage15(self)

    @cached_property
    def gpt_image_2(self) -> GptImage2:
        """GPT Image 2: edit, generate."""
        from .gpt_image_2 import GptImage2

        return GptImage2(self)

    @cached_property
    def grok(self) -> Grok:
        """Grok: edit, generate."""
        from .grok import Grok

        return Grok(self)

    @cached_property
    def grok_video(self) -> GrokVideo:
        """Grok Video: generate."""
        from .grok_video import GrokVideo

        return GrokVideo(self)

    @cached_property
    def jobs(self) -> Jobs:
        """Jobs: list, delete, get."""
        from .jobs import Jobs

        return Jobs(self)

    @cached_property
    def nano_banana(self) -> NanoBanana:
        """Nano Banana: edit, generate."""
        from .nano_banana import NanoBanana

        return NanoBanana(self)

    @cached_property
    def nano_banana_pro(self) -> NanoBananaPro:
        """Nano Banana Pro: edit, generate."""
        from .nano_banana_pro import NanoBananaPro

        return NanoBananaPro(self)

    @cached_property
    def seedance(self) -> Seedance:
        """Seedance: i2v, t2v."""
        from .seedance import Seedance

        return Seedance(self)

    @cached_property
    def seedance_fast(self) -> SeedanceFast:
        """Seedance Fast: i2v, t2v."""
        from .seedance_fast import SeedanceFast

        return SeedanceFast(self)

    @cached_property
    def sora_2(self) -> Sora2:
        """Sora 2: generate."""
        from .sora_2 import Sora2

        return Sora2(self)

    @cached_property
    def sora_2_pro(self) -> Sora2Pro:
        """Sora 2 Pro: generate."""
        from .sora_2_pro import Sora2Pro

        return Sora2Pro(self)

    @cached_property
    def upload(self) -> Upload:
        """Upload: create, confirm."""
        from .upload import Upload

        return Upload(self)

    @cached_property
    def veo_3_1(self) -> Veo31:
        """Veo 3.1: generate."""
        from .veo_3_1 import Veo31

        return Veo31(self)

    @cached_property
    def veo_3_1_fast(self) -> Veo31Fast:
        """Veo 3.1 Fast: generate."""
        from .veo_3_1_fast import Veo31Fast

        return Veo31Fast(self)

    @cached_property
    def wan_2_6(self) -> Wan26:
        """Wan 2.6: i2v, t2v."""
        from .wan_2_6 import Wan26

        return Wan26(self)


class AsyncStableStudio(AsyncClient):
    """The asynchronous client of StableStudio.

    The same calls as `StableStudio`, to be awaited.
    """

    ORIGIN = "https://stablestudio.dev"
    RUNTIME = "0.1"
    UPLOAD_STEPS = ".upload._steps"
    JOB_ROUTES = _jobs.ROUTES

    @cached_property
    def flux_2_max(self) -> AsyncFlux2Max:
        """Flux 2 Max: edit, generate."""
        from .flux_2_max import AsyncFlux2Max

        return AsyncFlux2Max(self)

    @cached_property
    def flux_2_pro(self) -> AsyncFlux2Pro:
        """Flux 2 Pro: edit, generate."""
        from .flux_2_pro import AsyncFlux2Pro

        return AsyncFlux2Pro(self)

    @cached_property
    def gpt_image_1_5(self) -> AsyncGptImage15:
        """GPT Image 1.5: edit, generate."""
        from .gpt_image_1_5 import AsyncGptImage15

        return AsyncGptImage15(self)

    @cached_property
    def gpt_image_2(self) -> AsyncGptImage2:
        """GPT Image 2: edit, generate."""
        from .gpt_image_2 import AsyncGptImage2

        return AsyncGptImage2(self)

    @cached_property
    def grok(self) -> AsyncGrok:
        """Grok: edit, generate."""
        from .grok import AsyncGrok

        return AsyncGrok(self)

    @cached_property
    def grok_video(self) -> AsyncGrokVideo:
        """Grok Video: generate."""
        from .grok_video import AsyncGrokVideo

        return AsyncGrokVideo(self)

    @cached_property
    def jobs(self) -> AsyncJobs:
        """Jobs: list, delete, get."""
        from .jobs import AsyncJobs

        return AsyncJobs(self)

    @cached_property
    def nano_banana(self) -> AsyncNanoBanana:
        """Nano Banana: edit, generate."""
        from .nano_banana import AsyncNanoBanana

        return AsyncNanoBanana(self)

    @cached_property
    def nano_banana_pro(self) -> AsyncNanoBananaPro:
        """Nano Banana Pro: edit, generate."""
        from .nano_banana_pro import AsyncNanoBananaPro

        return AsyncNanoBananaPro(self)

    @cached_property
    def seedance(self) -> AsyncSeedance:
        """Seedance: i2v, t2v."""
        from .seedance import AsyncSeedance

        return AsyncSeedance(self)

    @cached_property
    def seedance_fast(self) -> AsyncSeedanceFast:
        """Seedance Fast: i2v, t2v."""
        from .seedance_fast import AsyncSeedanceFast

        return AsyncSeedanceFast(self)

    @cached_property
    def sora_2(self) -> AsyncSora2:
        """Sora 2: generate."""
        from .sora_2 import AsyncSora2

        return AsyncSora2(self)

    @cached_property
    def sora_2_pro(self) -> AsyncSora2Pro:
        """Sora 2 Pro: generate."""
        from .sora_2_pro import AsyncSora2Pro

        return AsyncSora2Pro(self)

    @cached_property
    def upload(self) -> AsyncUpload:
        """Upload: create, confirm."""
        from .upload import AsyncUpload

        return AsyncUpload(self)

    @cached_property
    def veo_3_1(self) -> AsyncVeo31:
        """Veo 3.1: generate."""
        from .veo_3_1 import AsyncVeo31

        return AsyncVeo31(self)

    @cached_property
    def veo_3_1_fast(self) -> AsyncVeo31Fast:
        """Veo 3.1 Fast: generate."""
        from .veo_3_1_fast import AsyncVeo31Fast

        return AsyncVeo31Fast(self)

    @cached_property
    def wan_2_6(self) -> AsyncWan26:
        """Wan 2.6: i2v, t2v."""
        from .wan_2_6 import AsyncWan26

        return AsyncWan26(self)
