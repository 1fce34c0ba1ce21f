"""Every named fault of the sandbox, on every leg and with every value that makes another fault of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from random import Random
from typing import Literal, TypeAlias
from zlib import crc32

from coinslot_sandbox.exchange import Leg
from coinslot_sandbox.faults import CATALOGUE, Fault
from coinslot_sandbox.faults.kind import LEGS, Kind
from coinslot_sandbox.signin import SIGN_IN_CODES
from tests.proof.worlds import BACKENDS, Backend

Face: TypeAlias = Literal["sync", "async"]
Errand: TypeAlias = Literal["image", "upload"]

FACES: tuple[Face, ...] = ("sync", "async")
VALUES: dict[str, tuple[str, ...]] = {
    "challenge-garbage": ("base64", "json", "object"),
    "clock-off": ("600", "-600"),
    "delay": ("0.02",),
    "delay-after-settlement": ("0.02",),
    "delay-before-settlement": ("0.02",),
    "drop-during-settlement": ("0", "0.1"),
    "error": ("500", "403", "400", "401", "404", "409", "422", "503"),
    "error-after-settlement": ("403", "409", "502"),
    "error-before-settlement": ("409", "503"),
    "price": ("", "0.24", "0.250001"),
    "rate-limit": ("1", "3600"),
    "receipt-forged": ("payer", "amount", "network", "transaction", "failed", "garbage"),
    "refuse-after-settlement": ("same", "rotated"),
    "refuse-before-settlement": ("same", "rotated"),
    "sign-in-refused": SIGN_IN_CODES,
    "truncated-body": ("", "0"),
}
"""By fault; the others have their own one only."""
ELSEWHERE = 2
"""So many of them are tried where no money is at stake."""
IMAGE_LEGS: tuple[Leg, ...] = ("asking", "paying", "signed", "download")
UPLOAD_LEGS: tuple[Leg, ...] = ("paying", "put", "signed")
"""A file's token is asked for and paid as an image is."""
UPLOADS_ONLY = frozenset({"upload-lost", "upload-answer-lost", "confirm-lost"})
IMAGES_ONLY = frozenset({"job-never-ends", "job-fails", "job-vanishes", "result-expired"})
NOT_ON_CHALLENGES = frozenset({"drop-answer", "html-page", "truncated-body", "wrong-content-type"})
"""They happen to answers that are a success."""
STREAMS_ONLY = frozenset({"cut-stream", "silent-stream"})
"""No job is told as a stream: `tests/sandbox/test_streams.py` has these."""
ONLY_ON: dict[str, Backend] = {"blockhash-expired": "solana"}
TIMES = ("1", "always")
"""Once, and until the buyer has given up: `always` ends before the recovery."""


@dataclass(frozen=True)
class Case:
    """One fault, and who meets it on which errand."""

    backend: Backend
    face: Face
    errand: Errand
    fault: str
    """As the sandbox's options have it."""

    def __str__(self) -> str:
        return f"{self.backend}-{self.face}-{self.errand}-{self.fault}"

    @property
    def kind(self) -> str:
        return Fault.read(self.fault).kind

    @property
    def loop(self) -> str:
        """The event loop that an asynchronous buyer runs on."""
        return ("asyncio", "trio")[crc32(str(self).encode()) % 2]


def every_case() -> list[Case]:
    """Return the whole matrix."""
    return [
        Case(backend, face, errand, fault)
        for kind in CATALOGUE.values()
        if kind.name not in STREAMS_ONLY
        for errand, fault in _variants(kind)
        for backend, face in product(BACKENDS, FACES)
        if ONLY_ON.get(kind.name, backend) == backend and _has_its_turn(fault, backend, face)
    ]


def covering(seed: int) -> list[Case]:
    """Return a few cases in which every fault, every backend and both faces come up, by chance."""
    chance = Random(seed)  # noqa: S311 - the same for the same seed
    cases = every_case()
    chance.shuffle(cases)
    chosen: dict[str, Case] = {}
    for number, kind in enumerate(name for name in CATALOGUE if name not in STREAMS_ONLY):
        wanted = BACKENDS[(number + seed) % 3], FACES[(number // 3 + seed) % 2]
        fitting = [case for case in cases if case.kind == kind]
        chosen[kind] = next((case for case in fitting if (case.backend, case.face) == wanted), fitting[0])
    return list(chosen.values())


def _has_its_turn(fault: str, backend: Backend, face: Face) -> bool:
    """Whether a face meets a fault so often on this backend: both ways where money is at stake, else one."""
    read = Fault.read(fault)
    if "paying" in (CATALOGUE[read.kind].legs if read.leg is None else {read.leg}):
        return True
    number = BACKENDS.index(backend) + FACES.index(face) + TIMES.index(fault.rpartition(":")[2])
    return number % 2 == 0


def _variants(kind: Kind) -> Iterator[tuple[Errand, str]]:
    values = VALUES.get(kind.name, ("",))
    for errand, leg in _places(kind):
        tried = values if leg in {"", "paying"} else values[:ELSEWHERE]
        for value, times in product(tried, TIMES):
            at = f"@{leg}" if leg else ""
            yield errand, f"{kind.name}{at}{f'={value}' if value else ''}:{times}"


def _places(kind: Kind) -> Iterator[tuple[Errand, str]]:
    """Give errands and legs; a fault of any exchange is another one on each leg."""
    anywhere = kind.legs == LEGS and kind.name not in IMAGES_ONLY | UPLOADS_ONLY
    if kind.name not in UPLOADS_ONLY:
        legs = [leg for leg in IMAGE_LEGS if leg != "asking" or kind.name not in NOT_ON_CHALLENGES]
        yield from (("image", leg) for leg in (legs if anywhere else [""]))
    if kind.name not in IMAGES_ONLY and kind.legs & {*UPLOAD_LEGS}:
        yield from (("upload", leg) for leg in (UPLOAD_LEGS if anywhere else [""]))
