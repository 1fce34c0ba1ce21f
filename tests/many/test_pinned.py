"""What is uploaded for a request is what the request is known by, whatever becomes of its file meanwhile."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from coinslot import MapReport, UploadFailed
from coinslot.backend import Surroundings
from coinslot_sandbox.server import Server
from stablestudio import StableStudio
from tests.many.conftest import options

pytestmark = pytest.mark.loopback

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


def edited(
    server: Server, home: Path, still: Any, meanwhile: Callable[[], object] = lambda: None
) -> MapReport[Any]:
    """Map one edit of a picture; `meanwhile` is called when the server has put its upload off."""
    surroundings = Surroundings(sleep=lambda seconds: (meanwhile(), None)[1])
    with StableStudio(**options(server, home, surroundings=surroundings)) as studio:
        return studio.map(studio.nano_banana_pro.edit, [{"prompt": "x", "images": [still]}], name="edits")


def paid(server: Server) -> list[str]:
    return [urlsplit(payment.resource).path.rpartition("/")[2] for payment in server.payments]


def test_a_file_that_changes_after_it_was_named_is_not_paid_for(server: Server, home: Path) -> None:
    still = home / "still.png"
    still.write_bytes(PNG)
    server.faults.add("rate-limit=1:/api/upload:1")
    (outcome,) = edited(server, home, still, lambda: still.write_bytes(PNG + b"changed"))

    assert isinstance(outcome.error, UploadFailed)
    assert outcome.error.step == "check"
    assert "still.png" in str(outcome.error)
    assert outcome.request["images"] == [still]
    assert paid(server) == []
    for _ in range(2):
        assert edited(server, home, still).ok
        assert paid(server) == ["upload", "edit"]


@pytest.mark.parametrize("kind", [bytearray, io.BytesIO, "file"])
def test_bytes_that_change_are_taken_as_they_were_named(server: Server, home: Path, kind: Any) -> None:
    path = home / "still.png"
    path.write_bytes(PNG)
    with path.open("r+b") as file:
        still: Any = file if kind == "file" else kind(PNG)

        def change() -> None:
            if isinstance(still, bytearray):
                still[-1] = 7
            else:
                still.write(PNG + b"changed")
                still.flush()

        server.faults.add("rate-limit=1:/api/upload:1")
        (outcome,) = edited(server, home, still, change)
    assert outcome.ok, outcome.error
    assert outcome.request["images"] == [still]
    assert edited(server, home, io.BytesIO(PNG)).ok
    with StableStudio(**options(server, home)) as studio:
        studio.upload(PNG)
    assert paid(server) == ["upload", "edit"]


def test_equal_files_of_one_map_are_uploaded_once(server: Server, home: Path) -> None:
    asked = []
    for number in range(4):
        (home / f"{number}.png").write_bytes(PNG)
        asked.append({"prompt": f"{number}", "images": [home / f"{number}.png"]})
    patient = Surroundings(sleep=lambda seconds: time.sleep(min(seconds, 0.01)))
    with StableStudio(**options(server, home, surroundings=patient)) as studio:
        report = studio.map(studio.nano_banana_pro.edit, asked, name="edits")
    assert report.ok, report.failed
    assert sorted(paid(server)) == [*["edit"] * 4, "upload"]
