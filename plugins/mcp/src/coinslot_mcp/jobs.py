"""Jobs: what was bought is waited for, looked at and brought home. Nothing here pays."""

from __future__ import annotations

import re
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import anyio
from mcp import types
from mcp.server.context import ServerRequestContext

from coinslot import (
    AsyncJob,
    Attempt,
    CoinslotError,
    DownloadFailed,
    JobState,
    JobTimeout,
    Result,
    ServerUnavailable,
)
from coinslot.attempt import RELEASED
from coinslot.money import show
from coinslot.text import clean
from coinslot_mcp.answering import answered
from coinslot_mcp.failing import failure
from coinslot_mcp.pictures import picture
from coinslot_mcp.quoting import BadArguments
from coinslot_mcp.shop import Shop
from coinslot_mcp.telling import told

_FILE_NAME = re.compile(r"(?!(?i:con|prn|aux|nul|(?:com|lpt)\d)(?:\.|$))\w[\w .,()+-]{0,99}")
"""Of a plain file, on every system: what Windows takes for a device is none."""
_MOST_LISTED = 20
_LARGEST_SHOWN = 64 * 1024 * 1024


class Jobs:
    """What was bought through this server, and what became of it."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    async def listed(self) -> types.CallToolResult:
        """List the newest, and how they stand. Asks nobody."""
        own = await anyio.to_thread.run_sync(self._shop.attempts)
        newest = [one for one in own if one.money not in RELEASED and one.job_style is not None]
        return told({"jobs": [_listed(one) for one in reversed(newest[-_MOST_LISTED:])]})

    async def status(self, name: str) -> types.CallToolResult:
        """Ask for a job once."""
        attempt, job = await self._found(name)
        try:
            state = await job.poll()
        except CoinslotError as error:
            return failure(error, paid="yes", job=attempt.id)
        return _stated(attempt, state)

    async def wait(
        self, context: ServerRequestContext, name: str, seconds: float, file_name: str | None
    ) -> types.CallToolResult:
        """Wait for a job, tell how far it is with each answer, and bring its result home."""
        save_to = self._place(file_name)
        attempt, job = await self._found(name)
        try:
            # It may have been finished for long: ask before waiting.
            with suppress(ServerUnavailable):
                await _tell(context, await job.poll())
            async for state in job.updates(seconds):
                await _tell(context, state)
        except JobTimeout:
            return _stated(attempt, job.state)
        except CoinslotError as error:
            return failure(error, paid="yes", job=attempt.id)
        return await self._brought(attempt, job, save_to)

    async def _brought(
        self, attempt: Attempt, job: AsyncJob[Any], save_to: str | None
    ) -> types.CallToolResult:
        facts: dict[str, Any] = {"job": attempt.id, "stage": "finished"}
        has_file = job.route.result is not None
        kept = self._kept(attempt, save_to)
        try:
            result = await job.wait(save_to=save_to if has_file and kept is None else None)
        except (CoinslotError, OSError) as error:
            if isinstance(error, OSError):
                error = DownloadFailed(f"The file could not be written: {error.strerror}")
            return failure(error, paid="yes", job=attempt.id)
        if not isinstance(result, Result):
            return answered(facts, result)
        saved = kept or result.saved_to
        if saved is not None:
            facts["saved_to"] = str(saved)
            shown = await anyio.to_thread.run_sync(_picture_in, saved)
        else:
            shown = await _fetched(result)
        if shown is None and saved is None:
            facts["note"] = "Not a picture, and this server was given no folder to save it in (--output)."
        return told(facts, server=dict(result.raw), pictures=[] if shown is None else [shown])

    def _kept(self, attempt: Attempt, save_to: str | None) -> Path | None:
        """Return where an earlier wait saved the result, if that is what is asked for now."""
        if self._shop.output is None or save_to is None or attempt.saved_to is None:
            return None
        kept, name = Path(attempt.saved_to), Path(save_to).stem
        asked = save_to.endswith("/") or kept.stem == name
        return kept if asked and kept.parent == self._shop.output and kept.is_file() else None

    async def _found(self, name: str) -> tuple[Attempt, AsyncJob[Any]]:
        own = await anyio.to_thread.run_sync(self._shop.attempts)
        attempt = next((one for one in own if one.id == name), None)
        job = None if attempt is None else self._shop.job(attempt)
        if attempt is None or job is None:
            raise BadArguments(
                "job: none of that name was bought here; jobs_list lists them, and pay with the quote_id "
                "finds out what became of a payment"
            )
        return attempt, job

    def _place(self, file_name: str | None) -> str | None:
        if self._shop.output is None:
            if file_name is not None:
                raise BadArguments(
                    "file_name: this server was given no folder to save in; the user starts it with --output"
                )
            return None
        if file_name is None:
            return f"{self._shop.output}/"
        if not _FILE_NAME.fullmatch(file_name):
            raise BadArguments("file_name: a plain name without a folder, as in sunset.png")
        return str(self._shop.output / file_name)


async def _tell(context: ServerRequestContext, state: JobState) -> None:
    """Send how far a job is to the host, if it wants to know."""
    message = f"{state.stage}, {state.waited:.0f} s"
    await context.session.report_progress(state.waited, None, message)


def _stated(attempt: Attempt, state: JobState) -> types.CallToolResult:
    nexts = {
        "running": "It goes on. Call job_wait again for its result.",
        "finished": "Call job_wait for its result.",
        "failed": "It was paid for, and is not paid again by itself. Tell the user.",
    }
    facts = {"job": attempt.id, "stage": state.stage, "progress": state.progress, "next": nexts[state.stage]}
    return told(facts, server={"status": state.status, "error": state.error})


def _listed(attempt: Attempt) -> dict[str, Any]:
    return {
        "job": attempt.id if attempt.job_id is not None else None,
        "call": f"{attempt.call.method} {clean(attempt.route_path, 200)}",
        "cost": show(attempt.price),
        "money": attempt.money,
        "delivery": attempt.delivery,
        "quote_id": (attempt.call.idempotency_key or "").removeprefix("mcp:"),
    }


async def _fetched(result: Result) -> types.ImageContent | None:
    """Fetch a result's file to look at it, and keep nothing."""
    with tempfile.TemporaryDirectory(prefix="coinslot-") as folder:
        try:
            path = await result.asave(Path(folder) / "result")
        except (CoinslotError, OSError, ValueError):
            return None
        return await anyio.to_thread.run_sync(_picture_in, path)


def _picture_in(path: Path) -> types.ImageContent | None:
    if path.stat().st_size > _LARGEST_SHOWN:
        return None
    return picture(path.read_bytes())
