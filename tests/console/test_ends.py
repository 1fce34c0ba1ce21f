"""How a run ends, in words and as a number."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from coinslot import errors
from coinslot.console import _ends
from coinslot_sandbox.server import Server
from tests.conftest import ROOT
from tests.console.conftest import Run, Time

SUNSET = ("nano-banana-pro", "generate", "A sunset", "-o", "sunset.png")
PAGE = (ROOT / "docs" / "command-line.md").read_text()


def leaves(kind: type[BaseException]) -> Iterator[type[BaseException]]:
    yield kind
    for one in kind.__subclasses__():
        if one.__module__ == errors.__name__:
            yield from leaves(one)


@pytest.mark.parametrize(
    "kind",
    [one for one in leaves(errors.CoinslotError) if one not in {errors.CoinslotError, errors.PaymentError}],
)
def test_every_error_has_a_code_of_its_kind(kind: type[BaseException]) -> None:
    code = next((_ends.CODES[one.__name__] for one in kind.__mro__ if one.__name__ in _ends.CODES), None)
    assert code is not None


def test_the_page_lists_the_codes() -> None:
    listed = {int(one) for one in re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)}
    assert listed == {0, 1, 2, 130, *_ends.CODES.values()}
    for name in _ends.CODES:
        assert f"`{name}`" in PAGE, name


@pytest.mark.loopback
class TestServers:
    @pytest.fixture
    def options(self, request: pytest.FixtureRequest) -> dict[str, Any]:
        return getattr(request, "param", {})

    @pytest.mark.parametrize("options", [{"fail_marker": "sunset"}], indirect=True)
    def test_a_job_that_failed(self, run: Run) -> None:
        done = run(*SUNSET)
        assert done.exit_code == 6
        assert "failed" in done.stderr

    @pytest.mark.parametrize("options", [{"polls": 1000}], indirect=True)
    def test_a_job_that_takes_too_long_says_how_to_go_on(self, run: Run, api: Server) -> None:
        done = run(*SUNSET, "--timeout", "0.001")
        assert done.exit_code == 7
        assert f"stablestudio jobs resume {api.jobs[0].id}" in done.stderr

    @pytest.mark.parametrize(
        "options", [{"faults": ["refuse-before-settlement:/api/generate/*:99"]}], indirect=True
    )
    def test_a_payment_that_was_rejected(self, run: Run) -> None:
        assert run(*SUNSET).exit_code == 4

    @pytest.mark.parametrize(
        "options", [{"faults": ["drop-before-settlement:/api/upload:99"]}], indirect=True
    )
    def test_a_payment_of_which_nobody_knows_is_taken_up_by_the_same_command(
        self, run: Run, api: Server
    ) -> None:
        token = ("api", "upload", "create", "a.png", "--content-type", "image/png")
        done = run(*token)
        assert done.exit_code == 5
        api.faults.clear()
        assert run(*token).exit_code == 0
        assert len(api.payments) == 1

    def test_no_server(self, run: Run) -> None:
        done = run(*SUNSET, "--base-url", "http://127.0.0.1:9")
        assert done.exit_code == 9
        assert "nothing was paid" in done.stderr
        assert "Is a server running there?" in " ".join(done.stderr.split())

    def test_no_key(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("COINSLOT_EVM_KEY")
        done = run(*SUNSET, "--pay-with", "base")
        assert done.exit_code == 10
        done = run(*SUNSET)
        assert done.exit_code == 10
        assert done.stderr.count("COINSLOT_EVM_KEY ") == 1
        assert "'coinslot doctor'" in done.stderr

    @pytest.mark.parametrize("words", [("jobs", "show", "nope"), ("jobs", "resume", "nope")])
    def test_a_job_that_is_not_known_was_named_wrongly(self, run: Run, words: tuple[str, ...]) -> None:
        done = run(*words)
        assert done.exit_code == 2
        assert "No job nope of this API" in done.stderr
        assert "coinslot doctor" not in done.stderr

    def test_a_backend_that_is_not_installed_was_named_wrongly(self, run: Run) -> None:
        done = run(*SUNSET, "--pay-with", "bse")
        assert done.exit_code == 10
        assert "Did you mean base?" in done.stderr
        assert "One wallet that can pay" not in done.stderr


@pytest.mark.loopback
class TestKeyboard:
    @pytest.fixture
    def options(self) -> dict[str, Any]:
        return {"polls": 1}

    def test_ctrl_c_leaves_the_job_and_resume_fetches_it(self, run: Run, api: Server, time: Time) -> None:
        time.interrupts = True
        done = run(*SUNSET)
        assert done.exit_code == 130
        job = api.jobs[0].id
        assert f"stablestudio jobs resume {job}" in done.stderr
        time.interrupts = False
        assert run("jobs", "resume", job, "-o", "sunset.png").stdout == "sunset.png\n"
        assert len(api.payments) == 1

    def test_resume_fetches_all_that_are_not_at_home(self, run: Run, api: Server) -> None:
        for number in range(2):
            assert run("nano-banana-pro", "generate", f"Sunset {number}", "--no-wait").exit_code == 0
        done = run("jobs", "resume", "--json")
        told = json.loads(done.stdout)["jobs"]
        assert {one["job_id"] for one in told} == {job.id for job in api.jobs}
        assert all(len(one["files"]) == 1 for one in told)
        assert "nothing to pick up" in run("jobs", "resume").stderr
        assert len(api.payments) == 2

    def test_a_job_is_shown_and_listed(self, run: Run, api: Server) -> None:
        assert "No job" in run("jobs").stderr
        run(*SUNSET, "--no-wait")
        job = api.jobs[0].id
        assert job in run("jobs").stdout
        (listed,) = json.loads(run("jobs", "list", "--json").stdout)["jobs"]
        assert (listed["job_id"], listed["delivery"]) == (job, "accepted")
        assert run("jobs", "resume", job, "-o", "sunset.png").exit_code == 0
        assert run("upload", "sunset.png").exit_code == 0
        assert len(json.loads(run("jobs", "list", "--json").stdout)["jobs"]) == 1
        assert json.loads(run("jobs", "show", job, "--json").stdout)["stage"] == "finished"
        table = run("jobs").stdout
        assert "nano-banana-pro generate" in table
        assert "$0.13" in table
        unknown = run("jobs", "show", "none")
        assert unknown.exit_code == 2
        assert "ledger" in unknown.stderr


class Interrupting(httpx.BaseTransport):
    """Ctrl-C once, at the first request that pays or at the first of all, of those to a path."""

    def __init__(self, *, paying: bool, path: str = "") -> None:
        self._inner, self._paying, self._path = httpx.HTTPTransport(), paying, path
        self._done = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        meant = "payment-signature" in request.headers or not self._paying
        if not self._done and meant and request.url.path.endswith(self._path):
            self._done = True
            raise KeyboardInterrupt
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


@pytest.mark.loopback
class TestMoney:
    @pytest.fixture
    def client_options(self, request: pytest.FixtureRequest) -> dict[str, Any]:
        paying, path = request.param
        return {"transport": Interrupting(paying=paying, path=path)}

    @pytest.fixture
    def photo(self, tmp_path: Path) -> str:
        (tmp_path / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
        return "photo.png"

    @pytest.mark.parametrize("client_options", [(False, "")], indirect=True)
    def test_before_anything_was_signed(self, run: Run) -> None:
        done = run(*SUNSET)
        assert done.exit_code == 130
        assert "Nothing was signed and nothing was paid." in done.stderr

    @pytest.mark.parametrize("client_options", [(True, "")], indirect=True)
    def test_once_it_may_have_been_paid(self, run: Run, api: Server) -> None:
        done = run(*SUNSET, "--json")
        assert done.exit_code == 130
        told = json.loads(done.stdout)
        assert "$0.13 may have been paid" in told["error"]["message"]
        assert told["attempt_id"].startswith("att_")
        # The same command goes on from there.
        again = run(*SUNSET)
        assert (again.exit_code, len(api.payments)) == (0, 1)

    @pytest.mark.parametrize("client_options", [(False, "/edit")], indirect=True)
    def test_uploads_that_were_paid_for_are_told_of(self, run: Run, api: Server, photo: str) -> None:
        edit = ("nano-banana-pro", "edit", "At night", "--image", photo)
        done = run(*edit, "--json")
        assert done.exit_code == 130
        told = json.loads(done.stdout)
        assert "$0.01 was paid for uploads, and nothing for the call." in told["error"]["message"]
        assert told["uploads_usd"] == "0.01"
        assert (run(*edit).exit_code, len(api.payments)) == (0, 2)

    @pytest.mark.parametrize("client_options", [(False, "/confirm")], indirect=True)
    def test_an_upload_is_a_call_too(self, run: Run, api: Server, photo: str) -> None:
        done = run("upload", photo)
        assert done.exit_code == 130
        assert "$0.01 was paid (attempt att_" in done.stderr
        assert (run("upload", photo).exit_code, len(api.payments)) == (0, 1)
