"""An agent buys a picture, and pays once whatever happens."""

from __future__ import annotations

from pathlib import Path

import pytest

from coinslot_sandbox.server import Server
from tests.mcp.conftest import Host, play

pytestmark = pytest.mark.loopback

QUOTE = "quote_nano_banana_pro_generate"


def test_a_picture_is_quoted_paid_and_brought_home(host: Host, api: Server, tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    before, files = len(api.payments), []

    async def scenario() -> None:
        async with host("--output", str(tmp_path / "made")) as agent:
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
            listed = await agent.facts("jobs_list")
            assert [one["delivery"] for one in listed["jobs"]] == ["saved"]
            left = (await agent.facts("prices"))["limits"]
            assert left["left_this_hour"] == "$4.87"

    play(scenario)
    assert files[0].read_bytes().startswith(b"\x89PNG")
    assert len(api.payments) == before + 1
    assert api.jobs[-1].input == {"prompt": "A sunset", "imageSize": "1K"}
