# Written by coinslot-codegen 0.1.0; do not edit.
"""How accepted answers become jobs, and which routes start them."""

from __future__ import annotations

from typing import Final

from coinslot import JobStyle

JOBS = JobStyle(
    id="jobId",
    path="/api/jobs/{jobId}",
    status="status",
    result="result",
    error="error",
    progress="progress",
    list_path="/api/jobs",
    items="items",
    cursor="nextCursor",
)

ROUTES: Final = {
    "POST /api/generate/flux-2-max/edit": ".flux_2_max.edit",
    "POST /api/generate/flux-2-max/generate": ".flux_2_max.generate",
    "POST /api/generate/flux-2-pro/edit": ".flux_2_pro.edit",
    "POST /api/generate/flux-2-pro/generate": ".flux_2_pro.generate",
    "POST /api/generate/gpt-image-1.5/edit": ".gpt_image_1_5.edit",
    "POST /api/generate/gpt-image-1.5/generate": ".gpt_image_1_5.generate",
    "POST /api/generate/gpt-image-2/edit": ".gpt_image_2.edit",
    "POST /api/generate/gpt-image-2/generate": ".gpt_image_2.generate",
    "POST /api/generate/grok/edit": ".grok.edit",
    "POST /api/generate/grok/generate": ".grok.generate",
    "POST /api/generate/grok-video/generate": ".grok_video.generate",
    "POST /api/generate/nano-banana/edit": ".nano_banana.edit",
    "POST /api/generate/nano-banana/generate": ".nano_banana.generate",
    "POST /api/generate/nano-banana-pro/edit": ".nano_banana_pro.edit",
    "POST /api/generate/nano-banana-pro/generate": ".nano_banana_pro.generate",
    "POST /api/generate/seedance/i2v": ".seedance.i2v",
    "POST /api/generate/seedance/t2v": ".seedance.t2v",
    "POST /api/generate/seedance-fast/i2v": ".seedance_fast.i2v",
    "POST /api/generate/seedance-fast/t2v": ".seedance_fast.t2v",
    "POST /api/generate/sora-2/generate": ".sora_2.generate",
    "POST /api/generate/sora-2-pro/generate": ".sora_2_pro.generate",
    "POST /api/generate/veo-3.1/generate": ".veo_3_1.generate",
    "POST /api/generate/veo-3.1-fast/generate": ".veo_3_1_fast.generate",
    "POST /api/generate/wan-2.6/i2v": ".wan_2_6.i2v",
    "POST /api/generate/wan-2.6/t2v": ".wan_2_6.t2v",
}
"""Routes that start jobs, and the modules that hold them."""
