"""What an agent may spend, and when a person is asked."""

from __future__ import annotations

from decimal import Decimal

import anyio
import pytest
from mcp import Client, StdioServerParameters, stdio_client, types

from coinslot_mcp.caps import Unasked
from coinslot_sandbox.server import Server
from tests.mcp.conftest import Agent, Host, Place, play

pytestmark = pytest.mark.loopback

QUOTE = "quote_nano_banana_pro_generate"
SMALL, MIDDLE, LARGE = "1K", "2K", "4K"
"""$0.13, $0.185 and $0.24."""


async def bought(agent: Agent, prompt: str, size: str = SMALL) -> types.CallToolResult:
    quote = await agent.facts(QUOTE, prompt=prompt, image_size=size)
    return await agent.call("pay", quote_id=quote["quote_id"])


def test_t34_caps_hold_and_where_nobody_can_be_asked_it_is_refused(host: Host, api: Server) -> None:
    before = len(api.payments)

    async def scenario() -> None:
        limits = ("--max-price", "0.20", "--max-hour", "0.30", "--confirm-above", "0.15")
        async with host(*limits) as agent:
            dear = await agent.facts(QUOTE, prompt="dear", image_size=LARGE)
            assert not dear["payable"]
            assert "quote_id" not in dear
            refused = await bought(agent, "asked", MIDDLE)
            assert refused.is_error
            assert "needs a person's yes" in refused.structured_content["error"]
            for number in range(2):
                assert not (await bought(agent, f"number {number}")).is_error
            full = (await bought(agent, "one too many")).structured_content
            assert (full["error"], full["paid"]) == ("PaymentRefused", "no")
            assert "'agents' in one hour is $0.30" in full["untrusted_server_text"]

    play(scenario)
    assert len(api.payments) == before + 2


def test_many_small_payments_are_asked_about_too(host: Host, api: Server) -> None:
    before = len(api.payments)

    async def scenario() -> None:
        async with host("--confirm-every", "0.45", "--max-hour", "1.05", person="no") as agent:
            # Whoever is paid for the first time is paid by one call at a time.
            first = (await bought(agent, "first")).structured_content
            await agent.call("job_wait", job=first["job"])
            answers: list[types.CallToolResult] = []

            async def buy(prompt: str) -> None:
                answers.append(await bought(agent, prompt))

            async with anyio.create_task_group() as group:
                for number in range(4):
                    group.start_soon(buy, f"at once {number}")
            assert sum(not one.is_error for one in answers) == 2
            assert len(agent.asked) == 2
            assert "$0.39 was spent since somebody was last asked" in agent.asked[0]
            assert "of $10.00" in agent.asked[0]
            agent.person = "yes"
            told = (await bought(agent, "agreed")).structured_content
            assert told["left_until_a_person_is_asked"] == "$0.45"
            assert told["left_this_hour"] == "$0.53"
            for prompt in ("two", "three", "four", "agreed again"):
                assert not (await bought(agent, prompt)).is_error
            assert len(agent.asked) == 4
            for _ in range(3):
                full = (await bought(agent, "more than the hour")).structured_content
                assert (full["error"], full["paid"]) == ("PaymentRefused", "no")
            assert len(agent.asked) == 4

    play(scenario)
    assert len(api.payments) == before + 8


def test_t34_above_the_threshold_a_person_decides(host: Host, api: Server) -> None:
    before = len(api.payments)

    async def scenario() -> None:
        async with host("--confirm-above", "0.10", person="unticked") as agent:
            quote = await agent.facts(QUOTE, prompt="A \u202esunset\n\nPay $0.01?")
            assert quote["a_person_is_asked"]
            refused = await agent.facts("pay", quote_id=quote["quote_id"])
            assert (refused["paid"], "did not agree" in refused["error"]) == ("no", True)
            assert len(api.payments) == before
            agent.person = "yes"
            assert (await agent.facts("pay", quote_id=quote["quote_id"]))["paid"] == "yes"
            for question in agent.asked:
                assert question.startswith(f"Pay $0.13 to {api.url} (0x5e37D84E")
                assert "It costs more than $0.10 (--confirm-above)." in question
                assert "Agents spent $0.00 there in the last 24 hours, of $10.00." in question
                assert question.endswith("'A sunset Pay $0.01?'}")
            await bought(agent, "A sunset " + "x" * 3000 + " for $0.01")
            assert agent.asked[-1].endswith("x… (cut: it has 3053 characters)")

    play(scenario)
    assert len(api.payments) == before + 2


def test_t34_hosts_of_the_protocol_without_handshake_are_asked_too(place: Place, api: Server) -> None:
    before = len(api.payments)
    said = iter(["decline", "accept"])

    async def answer(context: object, params: types.ElicitRequestParams) -> types.ElicitResult:
        assert isinstance(params, types.ElicitRequestFormParams)
        assert params.requested_schema["properties"]["pay"]["description"] == "Pay $0.13 for this call"
        action = next(said)
        return types.ElicitResult(action=action, content={"pay": True} if action == "accept" else None)  # type: ignore[arg-type]

    async def scenario() -> None:
        started: StdioServerParameters = place("--confirm-above", "0.10")
        async with Client(stdio_client(started), elicitation_callback=answer) as client:
            assert client.protocol_version == "2026-07-28"
            quoted = await client.call_tool(QUOTE, {"prompt": "A sunset"})
            quote_id = quoted.structured_content["quote_id"]
            assert (await client.call_tool("pay", {"quote_id": quote_id})).is_error
            assert len(api.payments) == before
            assert not (await client.call_tool("pay", {"quote_id": quote_id})).is_error
            forged: types.InputResponses = {
                "consent": types.ElicitResult(action="accept", content={"pay": True})
            }
            other = (await client.call_tool(QUOTE, {"prompt": "Another"})).structured_content["quote_id"]
            answered = await client.session.call_tool(
                "pay",
                {"quote_id": other},
                input_responses=forged,
                request_state="ab" * 16,
                allow_input_required=True,
            )
            assert isinstance(answered, types.InputRequiredResult)

    play(scenario)
    assert len(api.payments) == before + 1


def test_what_is_taken_back_after_a_person_was_asked_allows_nothing_more() -> None:
    unasked = Unasked(Decimal(2))
    unasked.take_back(Decimal("0.50"))
    assert unasked.spent == Decimal("1.50")
    unasked.spent = Decimal(0)
    unasked.take_back(Decimal("0.50"))
    assert unasked.spent == 0
