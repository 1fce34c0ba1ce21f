"""The server is killed, answers are lost, waits are cut off: a quote is paid once, and its job comes home."""

from __future__ import annotations

import os
import signal
from functools import partial
from pathlib import Path

import anyio
import pytest
from mcp import MCPError

from coinslot_sandbox import Sandbox
from coinslot_sandbox.exchange import Exchange, Moment
from coinslot_sandbox.faults import Fault
from coinslot_sandbox.server import Server
from tests.mcp.conftest import DOCUMENT, Host, play

pytestmark = pytest.mark.loopback

QUOTE = "quote_nano_banana_pro_generate"
PATH = "/api/generate/nano-banana-pro/generate"


def test_killed_between_and_during_quote_pay_and_wait(
    spawning: Host, host: Host, api: Server, tmp_path: Path
) -> None:
    killed: list[int] = []

    async def kill(moment: Moment, exchange: Exchange) -> None:
        """Let the tool server die between its payment and the answer."""
        if (moment, exchange.leg) == (Moment.ANSWERED, "paying") and not killed:
            killed.append(int((tmp_path / "server.pid").read_text()))
            os.kill(killed[0], signal.SIGKILL)

    async def scenario(shop: Server) -> None:
        async with spawning("--base-url", shop.url) as agent:
            quote = await agent.facts(QUOTE, prompt="A sunset")
            assert "quote_id" in quote, quote
            quote_id = quote["quote_id"]
            with pytest.raises(MCPError):
                await agent.facts("pay", quote_id=quote_id)
        async with host(url=shop.url) as agent:
            paid = await agent.facts("pay", quote_id=quote_id)
            assert paid["paid"] == "yes", paid
        async with host(url=shop.url) as agent:
            assert await agent.facts("pay", quote_id=quote_id) == paid
            done = await agent.facts("job_wait", job=paid["job"])
            assert done["stage"] == "finished"

    sandbox = Sandbox(DOCUMENT.read_bytes(), time_scale=0, keys=[api.wallets[0].key], interfere=kill)
    with sandbox.serve() as shop:
        play(partial(scenario, shop))
        assert len(killed) == len(shop.payments) == len(shop.jobs) == 1


def test_a_quote_expires_and_still_gives_what_it_bought_and_finds_out_what_became_of_it(
    host: Host, api: Server, tmp_path: Path
) -> None:
    before = len(api.payments)

    async def scenario() -> None:
        async with host() as agent:
            first = (await agent.facts(QUOTE, prompt="one"))["quote_id"]
            kept = tmp_path / "home" / "quotes" / f"{first}.json"
            assert kept.stat().st_mode & 0o777 == 0o600
            agent.clock.ahead = 301
            late = await agent.facts("pay", quote_id=first)
            assert (late["paid"], "expired" in late["error"]) == ("no", True)
            agent.clock.ahead = 0
            second = (await agent.facts(QUOTE, prompt="two"))["quote_id"]
            both = []
            async with anyio.create_task_group() as group:
                for _ in range(2):

                    async def pay() -> None:
                        both.append(await agent.facts("pay", quote_id=second))

                    group.start_soon(pay)
            assert both[0] == both[1]
            agent.clock.ahead = 301
            assert await agent.facts("pay", quote_id=second) == both[0]
            agent.clock.ahead = 0
            third = (await agent.facts(QUOTE, prompt="three"))["quote_id"]
            api.faults.add(Fault("redirect", route=PATH, leg="paying"))
            unknown = await agent.facts("pay", quote_id=third)
            assert (unknown["error"], unknown["paid"]) == ("PaymentOutcomeUnknown", "unknown")
            assert "Call pay again with this same quote_id" in unknown["do"]
            paid = await agent.facts("pay", quote_id=third)
            assert paid["paid"] == "yes", paid
            for missing in ("quote_" + "0" * 32, "../ledger", "att_1"):
                nothing = await agent.facts("pay", quote_id=missing)
                assert (nothing["paid"], "no such quote" in nothing["error"]) == ("no", True)

    play(scenario)
    assert len(api.payments) == before + 2


def test_a_wait_that_is_cut_off_leaves_the_job(host: Host, api: Server) -> None:
    async def scenario() -> None:
        with Sandbox(DOCUMENT.read_bytes(), polls=4, keys=[api.wallets[0].key]).serve() as slow:
            async with host(url=slow.url) as agent:
                quote = await agent.facts(QUOTE, prompt="A sunset")
                paid = await agent.facts("pay", quote_id=quote["quote_id"])
                waiting = await agent.facts("job_wait", job=paid["job"], timeout_seconds=0)
                assert waiting["stage"] == "running"
                assert [str(told).partition(",")[0] for told in agent.progress] == ["running", "running"]
                with anyio.move_on_after(0.2):
                    await agent.call("job_wait", job=paid["job"])
                done = await agent.facts("job_wait", job=paid["job"])
                assert done["stage"] == "finished"

    play(scenario)
