# Written by coinslot-codegen 0.1.0; do not edit.
"""The command `stablestudio`: StableStudio from a terminal."""

from __future__ import annotations

from coinslot.console import Program

PROGRAM = Program(
    name="stablestudio",
    home=__name__,
    client="StableStudio",
    about=(
        "Creates images and videos with AI models, each generation paid for on its own."
        " There is nothing to subscribe to."
    ),
    groups={
        "flux-2-max": ("flux_2_max", "Flux 2 Max: edit, generate."),
        "flux-2-pro": ("flux_2_pro", "Flux 2 Pro: edit, generate."),
        "gpt-image-1.5": ("gpt_image_1_5", "GPT Image 1.5: edit, generate."),
        "gpt-image-2": ("gpt_image_2", "GPT Image 2: edit, generate."),
        "grok": ("grok", "Grok: edit, generate."),
        "grok-video": ("grok_video", "Grok Video: generate."),
        "jobs": ("jobs", "Jobs: list, delete, get."),
        "nano-banana": ("nano_banana", "Nano Banana: edit, generate."),
        "nano-banana-pro": ("nano_banana_pro", "Nano Banana Pro: edit, generate."),
        "seedance": ("seedance", "Seedance: i2v, t2v."),
        "seedance-fast": ("seedance_fast", "Seedance Fast: i2v, t2v."),
        "sora-2": ("sora_2", "Sora 2: generate."),
        "sora-2-pro": ("sora_2_pro", "Sora 2 Pro: generate."),
        "upload": ("upload", "Upload: create, confirm."),
        "veo-3.1": ("veo_3_1", "Veo 3.1: generate."),
        "veo-3.1-fast": ("veo_3_1_fast", "Veo 3.1 Fast: generate."),
        "wan-2.6": ("wan_2_6", "Wan 2.6: i2v, t2v."),
    },
    uploads="upload",
    jobs=True,
    paid=True,
    unpaid=("jobs",),
)
main = PROGRAM.main
