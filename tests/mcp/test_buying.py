"""An agent buys a picture, and pays once whatever happens."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from mcp import types

from coinslot import ConfigurationError
from coinslot_sandbox.server import Server
from tests.mcp.conftest import Host, play

pytestmark = pytest.mark.loopback

QUOTE = "quote_nano_banana_pro_generate"


def test_a_picture_is_quoted_paid_and_brought_home(spawning: Host, api: Server, tmp_path: Path) -> None:
    before, files = len(api.payments), []

    async def scenario() -> None:
        async with spawning("--output", str(tmp_path / "made")) as agent:
            check_tools({one.name: one for one in (await agent.session.list_tools()).tools}, api)
            quote = await agent.facts(QUOTE, prompt="A sunset", image_size="1K")
            assert quote["payable"]
            assert quote["price"] == "$0.13"
            assert len(api.payments) == before
            paid = await agent.facts("pay", quote_id=quote["quote_id"])
            again = await agent.facts("pay", quote_id=quote["quote_id"])
            assert paid == again
            done = await agent.call("job_wait", job=paid["job"])
            kinds = [block.type for block in done.content]
            assert kinds == ["text", "text", "image"]
            assert done.structured_content["stage"] == "finished"
            saved = Path(done.structured_content["saved_to"])
            assert saved.parent == tmp_path / "made"
            files.append(saved)
            again = await agent.facts("job_wait", job=paid["job"])
            assert again["saved_to"] == str(saved)
            named = [await agent.facts("job_wait", job=paid["job"], file_name="sea") for _ in range(2)]
            assert [one["saved_to"] for one in named] == [str(tmp_path / "made" / "sea.png")] * 2
            assert len(list((tmp_path / "made").iterdir())) == 2
            listed = await agent.facts("jobs_list")
            assert [one["delivery"] for one in listed["jobs"]] == ["saved"]
            left = (await agent.facts("prices"))["limits"]
            assert left["left_this_hour"] == "$4.87"
            strange = await agent.call("job_wait", job="att_000000000000000000000000")
            assert strange.is_error
            assert (await agent.call("trust", address="0x0")).is_error
            failing = await agent.facts(QUOTE, prompt="FAIL")
            job = (await agent.facts("pay", quote_id=failing["quote_id"]))["job"]
            ended = await agent.facts("job_wait", job=job)
            assert (ended["error"], ended["paid"]) == ("JobFailed", "yes")

    play(scenario)
    assert files[0].read_bytes().startswith(b"\x89PNG")
    assert len(api.payments) == before + 2
    assert (tmp_path / "stderr.txt").read_text() == ""
    assert api.jobs[-2].input == {"prompt": "A sunset", "imageSize": "1K"}


def check_tools(tools: Mapping[str, types.Tool], api: Server) -> None:
    """See that each call has a quote, one tool pays, and none touches what is the user's."""
    ours = {"pay", "job_wait", "job_status", "jobs_list", "prices"}
    quotes = {name for name in tools if name.startswith("quote_")}
    assert (len(quotes), tools.keys() - quotes) == (25, ours)
    assert list(tools["pay"].input_schema["properties"]) == ["quote_id"]
    edit = tools["quote_nano_banana_pro_edit"].input_schema
    assert edit["properties"]["image_size"]["enum"] == ["1K", "2K", "4K"]
    assert "a file in one of the folders" in edit["properties"]["images"]["items"]["description"]
    assert edit["required"] == ["prompt", "images"]
    everything = json.dumps([one.model_dump(mode="json") for one in tools.values()])
    assert api.wallets[0].key.removeprefix("test:") not in everything


def test_a_result_is_saved_under_plain_names_alone(host: Host, tmp_path: Path) -> None:
    up = ("../up", "a/b", "a\\b", "C:x", "{model}")
    devices = ("nul", "Con.png", "com1")

    async def scenario() -> None:
        async with host("--output", str(tmp_path / "made")) as agent:
            for name in ("", ".hidden", *up, *devices, "x" * 101, 7):
                told = await agent.facts("job_wait", job="att_000000000000000000000000", file_name=name)
                assert "file_name: " in told["error"], name

    play(scenario)


def test_what_the_user_has_to_mend_is_told_in_our_words(
    host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        monkeypatch.setenv("COINSLOT_EVM_KEY", "no key")
        async with host() as agent:
            told = await agent.facts(QUOTE, prompt="A sunset")
            assert "COINSLOT_EVM_KEY is not a private key" in told["why"]
            assert "untrusted_server_text" not in told
        with pytest.raises(ConfigurationError, match="braces"):
            async with host("--output", str(tmp_path / "{model}")):
                pass

    play(scenario)
