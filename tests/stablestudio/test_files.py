"""Files in and files out, through the generated client against the sandbox: photos, pictures, kills."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import anyio
import httpx
import pytest

from coinslot import PaymentOutcomeUnknown
from coinslot.backend import Surroundings
from coinslot.ledger import SqliteLedger
from coinslot.saving._png import text_of
from coinslot.uploads import UploadProgress
from coinslot_sandbox import Sandbox
from coinslot_sandbox.server import Server
from stablestudio import AsyncStableStudio, StableStudio
from tests.proof.mortal import Fate, MortalTransport, in_a_process

DOCUMENT = Path(__file__).parents[2] / "generated" / "stablestudio.openapi.json"
PHOTO = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 1000
EDIT = "/api/generate/nano-banana-pro/edit"

pytestmark = pytest.mark.loopback


@pytest.fixture(scope="module")
def api() -> Iterator[Server]:
    with Sandbox(DOCUMENT.read_bytes(), time_scale=0).serve() as server:
        yield server


def options(api: Server, folder: Path, **more: Any) -> dict[str, Any]:
    return {
        "pay_with": ["base"],
        "environ": api.wallets[0].environ,
        "base_url": api.url,
        "ledger": SqliteLedger(folder / "ledger" / "ledger.sqlite3"),
        "surroundings": Surroundings(sleep=lambda _: None),
        **more,
    }


def photo(folder: Path, mark: str) -> Path:
    path = folder / f"{mark}.png"
    path.write_bytes(PHOTO + mark.encode())
    return path


def test_a_photo_is_edited_and_the_picture_comes_home(api: Server, tmp_path: Path) -> None:
    told: list[UploadProgress] = []
    still, before = photo(tmp_path, "still"), len(api.payments)
    given = options(api, tmp_path, on_upload=told.append)
    with closing(given["ledger"]), StableStudio(**given) as studio:
        edit = studio.nano_banana_pro.edit
        assert edit.quote(prompt="A boat", images=[still]).uploads
        assert len(api.payments) == before
        for _ in range(2):
            result = edit(prompt="A boat", images=[still, still]).wait(save_to=f"{tmp_path}/out/")
        video = studio.wan_2_6.i2v(prompt="It sails", image=still, max_price="1.00").wait(
            save_to=tmp_path / "film"
        )
    paths = [urlsplit(payment.resource).path for payment in api.payments[before:]]
    assert paths == ["/api/upload", EDIT, EDIT, "/api/generate/wan-2.6/i2v"]
    sent = [one.sent for one in told if one.step == "put"]
    assert sent == sorted(sent)
    assert len(sent) > 3
    assert sent[-1] == len(still.read_bytes())
    assert result.saved_to is not None
    assert result.saved_to.name.startswith("nano-banana-pro-")
    made = json.loads(text_of(result.saved_to.read_bytes(), "coinslot") or "{}")
    assert (made["prompt"], made["route"]) == ("A boat", f"POST {EDIT}")
    assert video.saved_to == tmp_path / "film.mp4"
    assert (tmp_path / "film.mp4.json").exists()


def test_the_same_bytes_in_many_calls_at_once_are_uploaded_once(api: Server, tmp_path: Path) -> None:
    before = len(api.payments)
    given = options(api, tmp_path, surroundings=None)

    async def all_at_once() -> None:
        async with AsyncStableStudio(**given) as studio, anyio.create_task_group() as tasks:
            for number in range(4):

                async def one(number: int) -> None:
                    await studio.grok.edit(prompt=f"{number}", images=[PHOTO + b"shared"])

                tasks.start_soon(one, number)

    with closing(given["ledger"]):
        anyio.run(all_at_once)
    paths = [urlsplit(payment.resource).path for payment in api.payments[before:]]
    assert sorted(paths) == [*["/api/generate/grok/edit"] * 4, "/api/upload"]


def test_an_expired_address_is_asked_for_again(api: Server, tmp_path: Path) -> None:
    given = options(api, tmp_path)
    with closing(given["ledger"]), StableStudio(**given) as studio:
        job = studio.grok.generate(prompt="A boat")
        api.sandbox.faults.add("result-expired")
        result = job.wait(save_to=tmp_path / "boat")
    assert result.saved_to is not None
    assert result.saved_to.stat().st_size > 100


def test_a_program_that_is_killed_anywhere_pays_once(api: Server, tmp_path: Path) -> None:
    """Killed before a request, at the head of its answer, or after it: then it is simply run again.

    The answer that gives an upload's token comes once: where it was lost, the money is not paid again.
    Behind the call's own answer it takes a key for the next run to be the same call.
    """

    def program(folder: Path, key: str | None, fate: Fate) -> str:
        given = options(api, folder, transport=MortalTransport(httpx.HTTPTransport(), fate))
        with closing(given["ledger"]), StableStudio(**given) as studio:
            job = studio.nano_banana_pro.edit(
                prompt="A boat", images=[folder / "still.png"], idempotency_key=key
            )
            return str(job.wait(save_to=folder / "boat", metadata=None).saved_to)

    def paid_since(before: int) -> list[str]:
        return sorted(urlsplit(payment.resource).path for payment in api.payments[before:])

    def folder_for(name: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "still.png").write_bytes(PHOTO + name.encode())
        return folder

    fate, before = Fate(0), len(api.payments)
    program(folder_for("unharmed"), None, fate)
    assert paid_since(before) == [EDIT, "/api/upload"]
    lost = {f"{when} POST paid /api/upload" for when in ("at the head of", "after")}
    answered = fate.steps.index(f"after POST paid {EDIT}")
    for at, step in enumerate(fate.steps, 1):
        if at % 3 and f"POST paid {EDIT}" not in step and step not in lost:
            continue
        key = "order-1" if at > answered + 1 else None
        folder, before = folder_for(f"killed-{at}"), len(api.payments)
        code, _ = in_a_process(partial(program, folder, key, Fate(at)))
        assert code == -signal.SIGKILL
        if step in lost:
            with pytest.raises(PaymentOutcomeUnknown):
                program(folder, key, Fate(0))
            assert paid_since(before) == ["/api/upload"]
        else:
            assert Path(program(folder, key, Fate(0))).stat().st_size > 100
            assert paid_since(before) == [EDIT, "/api/upload"]
            assert not list(folder.glob(".*.part"))
