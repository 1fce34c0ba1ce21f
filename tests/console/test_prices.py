from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from coinslot import PriceRange
from coinslot_sandbox.server import Server
from stablestudio.upload import _steps
from tests.console.conftest import Run

pytestmark = pytest.mark.loopback

FILM = ("wan-2.6", "t2v", "waves", "--duration", "10", "-o", "waves.mp4")
LONG = ("wan-2.6", "t2v", "waves", "--duration", "15", "--size", "1920*1080")


@pytest.fixture
def somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coinslot.console._agreeing._somebody_there", lambda: True)


def price_of(run: Run) -> str:
    return str(json.loads(run("quote", *FILM, "--json").stdout)["price_usd"])


def test_a_quote_pays_nothing(run: Run, api: Server) -> None:
    done = run("quote", "nano-banana-pro", "generate", "A sunset")
    assert done.exit_code == 0
    assert done.stdout.startswith("$0.13 in USDC on eip155:8453 to 0x")
    assert api.payments == ()


def test_only_what_is_paid_for_has_a_price(run: Run) -> None:
    done = run("quote", "jobs", "list")
    assert done.exit_code == 2
    assert "not paid for" in done.stderr


def test_above_the_threshold_nobody_to_ask_is_a_refusal(run: Run, api: Server) -> None:
    done = run(*FILM)
    assert done.exit_code == 3
    assert f"--yes --max-price {price_of(run)}" in done.stderr
    assert api.payments == ()


def test_yes_alone_agrees_to_a_dollar(run: Run, api: Server) -> None:
    done = run(*LONG, "--yes")
    assert done.exit_code == 3
    assert "$1.00 at most" in done.stderr
    assert api.payments == ()


def test_yes_and_a_limit_pay(run: Run, api: Server) -> None:
    assert run(*FILM, "--yes", "--max-price", price_of(run)).exit_code == 0
    assert len(api.payments) == 1


def test_a_low_limit_is_told_in_its_own_terms(run: Run, api: Server) -> None:
    done = run("nano-banana-pro", "generate", "A sunset", "--image-size", "2K", "--max-price", "0.15")
    assert done.exit_code == 3
    assert "The call costs $0.185, and --max-price is $0.15." in done.stderr
    assert "eip155" not in done.stderr
    assert api.payments == ()


def test_a_limit_below_the_price_refuses(run: Run, api: Server) -> None:
    done = run(*FILM, "--yes", "--max-price", "0.60")
    assert done.exit_code == 3
    assert "--max-price is $0.60" in done.stderr
    assert api.payments == ()


@pytest.mark.usefixtures("somebody")
@pytest.mark.parametrize(("answer", "code", "payments"), [("y\n", 0, 1), ("n\n", 3, 0), ("\n", 3, 0)])
def test_a_person_is_asked(run: Run, api: Server, answer: str, code: int, payments: int) -> None:
    done = run(*FILM, text=answer)
    assert done.exit_code == code
    assert "Pay it?" in done.stderr
    assert len(api.payments) == payments


def test_the_threshold_is_an_option_and_a_variable(
    run: Run, api: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    sunset = ("nano-banana-pro", "generate", "A sunset", "--no-wait")
    assert run(*sunset, "--confirm-above", "0.10").exit_code == 3
    monkeypatch.setenv("COINSLOT_CONFIRM_ABOVE", "0.10")
    assert run(*sunset).exit_code == 3
    assert run(*sunset, "--confirm-above", "0.20").exit_code == 0
    assert len(api.payments) == 1


def test_the_table_says_what_there_is(run: Run) -> None:
    done = run("models")
    assert done.exit_code == 0
    assert "wan-2.6 i2v" in done.stdout
    told = json.loads(run("models", "--json").stdout)["calls"]
    pro = next(line for line in told if line["call"] == "nano-banana-pro generate")
    assert pro["price_usd"] == {"low": "0.13", "high": "0.24"}
    assert pro["typical_seconds"] == {"low": 10, "high": 10}


@pytest.fixture
def dear_uploads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    token = replace(_steps.STEPS.token, price=PriceRange("7.00"))
    monkeypatch.setattr(_steps, "STEPS", replace(_steps.STEPS, token=token))
    (tmp_path / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    return "photo.png"


def test_an_upload_above_the_threshold_takes_a_limit(run: Run, api: Server, dear_uploads: str) -> None:
    done = run("upload", dear_uploads)
    assert done.exit_code == 3
    assert "--max-price 7.00" in done.stderr
    assert api.payments == ()
    assert run("upload", dear_uploads, "--max-price", "7.00").exit_code == 0


def test_the_uploads_of_a_call_count_for_the_threshold(run: Run, api: Server, dear_uploads: str) -> None:
    edit = ("nano-banana-pro", "edit", "At night", "--images", dear_uploads, "--no-wait")
    for words in ((), ("--yes",), ("--yes", "--max-price", "7.10")):
        done = run(*edit, *words)
        assert done.exit_code == 3, done.stderr
        assert api.payments == ()
    assert run(*edit, "--yes", "--max-price", "7.14").exit_code == 0
    assert len(api.payments) == 2


def test_a_call_that_is_too_dear_buys_no_uploads(run: Run, api: Server, tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    edit = ("nano-banana-pro", "edit", "At night", "--image", "photo.png")
    done = run(*edit, "--max-price", "0.10")
    assert done.exit_code == 3
    assert "nothing was paid" in done.stderr
    assert api.payments == ()
    assert run(*edit, "--max-price", "0.14").exit_code == 0
    assert len(api.payments) == 2


def test_a_quote_names_only_what_a_price_depends_on(run: Run) -> None:
    told = run("quote", "nano-banana-pro", "generate", "--help").stdout
    assert "--image-size" in told
    whole = run("nano-banana-pro", "generate", "--help").stdout
    for option in ("output", "metadata", "preview", "no-wait", "timeout", "yes", "confirm-above"):
        assert f"--{option}" not in told
        assert f"--{option}" in whole


def test_quote_is_put_before_a_whole_command(run: Run, api: Server) -> None:
    done = run("quote", "nano-banana-pro", "generate", "A sunset", "-o", "sunset.png", "--yes")
    assert (done.exit_code, api.payments) == (0, ())


@pytest.mark.parametrize("words", [("--help",), ("some", "words", "--option", "1"), ()])
def test_what_is_not_paid_for_has_no_price(run: Run, words: tuple[str, ...]) -> None:
    assert "\n  jobs " not in run("quote", "--help").stdout
    assert "confirm" not in run("quote", "upload", "--help").stdout.partition("Commands:")[2]
    done = run("quote", "upload", "confirm", *words)
    assert (done.exit_code, "not paid for" in done.stderr) == (2, True)
