"""Where finished results lie: addresses that expire, and the files behind them."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from coinslot_sandbox.clock import Clock
from coinslot_sandbox.jobs.store import Job, Jobs
from coinslot_sandbox.media.film import film
from coinslot_sandbox.media.picture import picture, picture_format
from coinslot_sandbox.media.tone import tone
from coinslot_sandbox.reply import refusal

PREFIX = "/_sandbox/media/"

_SUFFIXES = {"film": "mp4", "tone": "wav"}
_CREDENTIALS = ("authorization", "cookie", "payment-signature", "x-payment", "sign-in-with-x")


class Shelf:
    """Makes results and their addresses; a file is drawn when it is fetched."""

    def __init__(self, jobs: Jobs, clock: Clock, key: bytes, lifetime: float | None) -> None:
        self._jobs = jobs
        self._clock = clock
        self._key = key
        self._lifetime = lifetime

    def result(self, job: Job, origin: str) -> Mapping[str, Any]:
        """Return a finished job's result: its members, each with a fresh address."""
        members = job.route.result.members if job.route.result else ("url",)
        return {member: self._address(job, member, origin) for member in members}

    def fetch(self, request: Request) -> Response:
        """Answer a download: the file, or 403 once the address has expired."""
        carried = [name for name in _CREDENTIALS if name in request.headers]
        if carried:
            return refusal(400, "credentials_leaked", f"a file's host must not get {', '.join(carried)}")
        job_id, _, file = request.url.path.removeprefix(PREFIX).partition("/")
        job = self._jobs.find(job_id)
        expires, signature = (
            request.query_params.get("expires", ""),
            request.query_params.get("signature", ""),
        )
        if job is None or not hmac.compare_digest(signature, self._sign(f"{job_id}/{file}?{expires}")):
            return refusal(404, "not_found", "no such file")
        if float(expires) <= self._clock.now():
            return refusal(403, "expired", "this address has expired; ask the job for a fresh one")
        content, media_type = _make(job, file.rpartition(".")[0])
        return Response(content, media_type=media_type)

    def _address(self, job: Job, member: str, origin: str) -> str:
        lifetime = self._lifetime or job.route.result_lifetime_seconds or 1200
        expires = f"{self._clock.now() + lifetime:.3f}"
        kind = _kind(member)
        suffix = _SUFFIXES.get(kind) or picture_format(job.input).replace("jpeg", "jpg")
        file = f"{job.id}/{member}.{suffix}"
        query = urlencode({"expires": expires, "signature": self._sign(f"{file}?{expires}")})
        return f"{origin}{PREFIX}{file}?{query}"

    def _sign(self, text: str) -> str:
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()[:32]


def _kind(member: str) -> str:
    """Return what a result member holds, by its name; a picture where that says nothing."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|[_-]", " ", member).lower().split()
    if {"thumbnail", "thumb", "poster", "image", "preview"} & set(words):
        return "picture"
    if {"video", "film", "movie", "clip"} & set(words):
        return "film"
    if {"audio", "sound", "music", "speech", "voice"} & set(words):
        return "tone"
    return "picture"


def _make(job: Job, member: str) -> tuple[bytes, str]:
    title = job.route.path
    text = str(
        job.input.get("prompt") or next((value for value in job.input.values() if isinstance(value, str)), "")
    )
    match _kind(member):
        case "film":
            return film(title, text, job.input)
        case "tone":
            return tone()
        case _:
            return picture(title, text, job.input)
