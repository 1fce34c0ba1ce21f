"""How a generated client is used, for type checkers: never run, only checked.

Each `type: ignore` says what has to be refused; strict checks report one that is not needed.
"""

from __future__ import annotations

from typing import assert_type

from coinslot import AsyncJob, Job, MapReport, Quote
from stablestudio import AsyncStableStudio, ImageResult, StableStudio, VideoResult
from stablestudio._models import JobStatus
from stablestudio.jobs.list import ListAnswer


def plain(studio: StableStudio) -> None:
    """Calls of the synchronous face."""
    assert_type(studio.nano_banana_pro.generate(prompt="a"), Job[ImageResult])
    assert_type(studio.veo_3_1.generate(prompt="a", resolution="1080p"), Job[VideoResult])
    assert_type(studio.nano_banana_pro.generate.quote(prompt="a", image_size="2K"), Quote)
    assert_type(studio.jobs.get("1"), JobStatus)
    assert_type(studio.jobs.list(limit=3), ListAnswer)
    assert_type(studio.upload("a.png"), str)
    assert_type(studio.map(studio.veo_3_1.generate, [], max_total="2"), MapReport[VideoResult])
    studio.map(studio.veo_3_1.generate, [], budget="2")  # type: ignore[call-overload]
    studio.nano_banana_pro.edit(prompt="a", images=("x", "y"), max_price="0.25")
    studio.nano_banana_pro.generate(prompt="a", image_size="8K")  # type: ignore[arg-type]
    studio.nano_banana_pro.generate(prompt="a", image_size=None)  # type: ignore[arg-type]
    studio.nano_banana_pro.generate(prompt="a", max_price=0.25)  # type: ignore[arg-type]
    studio.nano_banana_pro.generate(image_size="1K")  # type: ignore[call-arg]
    studio.nano_banana_pro.generate("a")  # type: ignore[call-arg]


async def waiting(studio: AsyncStableStudio) -> None:
    """Calls of the asynchronous face."""
    assert_type(await studio.nano_banana_pro.generate(prompt="a"), AsyncJob[ImageResult])
    assert_type(await studio.nano_banana_pro.generate.quote(prompt="a"), Quote)
    assert_type(await studio.jobs.list(), ListAnswer)
    assert_type(await studio.upload("a.png"), str)
    assert_type(await studio.map(studio.nano_banana_pro.edit, []), MapReport[ImageResult])
