"""What a node's answers prove of a payment (`money.md`, section 4), and all that proves nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coinslot.backend import Outcome
from coinslot.effects import NoReply, NotSent, Reply
from coinslot.node import MAX_LOG_QUESTIONS
from coinslot.offer import Terms
from coinslot_base.backend import BaseBackend
from tests.base.chain import NODE, TRANSACTION, FakeChain
from tests.base.parts import NONCE, NOW, USDC, driven, offer, payer, returned

PAYING = payer({"COINSLOT_BASE_RPC": NODE})
EXPIRY = NOW + 300
SIGNED = 50_000
"""The block of the moment of signing, in a chain of 2 s blocks that began 100,000 s before it."""
EXPIRED = SIGNED + 150


@dataclass(frozen=True)
class Row:
    """What the ledger keeps of the payment."""

    terms: Terms
    nonce: str
    evidence: Mapping[str, Any]
    signed_at: int


def _row() -> Row:
    asked = offer()
    credential = PAYING.sign(returned(PAYING.prepare(asked)))
    kept = json.loads(json.dumps(dict(credential.evidence)))
    return Row(PAYING.decode(credential, asked), credential.nonce, kept, NOW)


ROW = _row()


def _outcome(chain: FakeChain, row: Row = ROW, paying: BaseBackend = PAYING) -> Outcome:
    return driven(paying.outcome(row), chain)


def test_used_is_settled_with_its_transaction() -> None:
    chain = FakeChain(final=SIGNED + 400, event="used", at=SIGNED + 7)

    found = _outcome(chain)

    assert (found.money, found.transaction) == ("settled", TRANSACTION)
    assert f"block {SIGNED + 7}" in found.reason


def test_used_is_settled_before_it_could_have_expired() -> None:
    assert _outcome(FakeChain(final=SIGNED + 20, event="used", at=SIGNED + 20)).money == "settled"


def test_expired_unused_is_void() -> None:
    found = _outcome(FakeChain(final=EXPIRED))

    assert (found.money, found.transaction) == ("void", None)
    assert "expired unused" in found.reason


def test_cancelled_is_void() -> None:
    found = _outcome(FakeChain(final=SIGNED + 40, event="canceled", at=SIGNED + 30))

    assert found.money == "void"
    assert "cancelled" in found.reason


def test_the_second_before_expiry_proves_nothing() -> None:
    found = _outcome(FakeChain(final=EXPIRED - 1))

    assert found.money == "not known"
    assert "still open" in found.reason


def test_what_is_not_final_proves_nothing() -> None:
    """The payment is in a block, and a node would say so at `latest`; only the final block is asked."""
    chain = FakeChain(final=SIGNED + 10, event="used", at=SIGNED + 11)

    assert _outcome(chain).money == "not known"
    assert {json.dumps(parameters[-1]) for method, parameters in chain.asked if method == "eth_call"} == {
        json.dumps({"blockHash": f"0x{SIGNED + 10:064x}"})
    }


def test_our_own_clock_proves_nothing() -> None:
    late = payer({"COINSLOT_BASE_RPC": NODE}, now=NOW + 10**6)

    assert _outcome(FakeChain(final=SIGNED + 10), paying=late).money == "not known"


def test_without_a_node_nothing_is_known_and_nothing_is_asked() -> None:
    found = returned(payer().outcome(ROW))

    assert found.money == "not known"
    assert "COINSLOT_BASE_RPC" in found.reason


def test_a_true_bit_without_a_log_proves_nothing() -> None:
    """Nodes prune logs; used and cancelled look alike without them."""
    chain = FakeChain(final=EXPIRED + 500, event="used", at=SIGNED + 7)
    chain.lie = lambda method, parameters, result: [] if method == "eth_getLogs" else result

    found = _outcome(chain)

    assert found.money == "not known"
    assert "used or cancelled" in found.reason


def _changed(method: str, result: Any) -> Any:
    return lambda asked, parameters, honest: result if asked == method else honest


def _block(**changes: str) -> dict[str, str]:
    return {"number": hex(EXPIRED), "hash": "0x" + "0" * 64, "timestamp": hex(EXPIRY), **changes}


LIES: dict[str, Any] = {
    "another chain": _changed("eth_chainId", "0x1"),
    "no chain": _changed("eth_chainId", None),
    "padded chain": _changed("eth_chainId", "0x02105"),
    "decimal chain": _changed("eth_chainId", 8453),
    "no final block": _changed("eth_getBlockByNumber", None),
    "unknown tag": _changed("eth_getBlockByNumber", {"code": -32602, "message": "invalid block tag"}),
    "block without time": _changed("eth_getBlockByNumber", {"number": "0x1", "hash": "0x" + "0" * 64}),
    "block with a negative time": _changed("eth_getBlockByNumber", _block(timestamp="-0x1")),
    "block with a short hash": _changed("eth_getBlockByNumber", _block(hash="0x00")),
    "block with a number for a time": _changed("eth_getBlockByNumber", _block() | {"timestamp": EXPIRY}),
    "no contract": _changed("eth_call", "0x"),
    "a bit that is neither": _changed("eth_call", f"0x{2:064x}"),
    "a short bit": _changed("eth_call", "0x0"),
    "no history": _changed("eth_call", {"code": -32000, "message": "missing trie node"}),
    "null": _changed("eth_call", None),
    "rate limit": _changed("eth_call", Reply(429, body=b'{"error": "slow down"}')),
    "gateway": _changed("eth_call", Reply(502, body=b"<html>bad gateway</html>")),
    "a result with status 500": _changed(
        "eth_chainId", Reply(500, body=b'{"jsonrpc": "2.0", "id": 1, "result": "0x2105"}')
    ),
    "another question's answer": _changed(
        "eth_chainId", Reply(200, body=b'{"jsonrpc": "2.0", "id": 7, "result": "0x2105"}')
    ),
    "no result": _changed("eth_chainId", Reply(200, body=b'{"jsonrpc": "2.0", "id": 1}')),
    "a batch": _changed("eth_chainId", Reply(200, body=b"[]")),
    "deep JSON": _changed("eth_chainId", Reply(200, body=b"[" * 100_000)),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
@pytest.mark.parametrize("event", [None, "used"])
def test_a_failing_or_lying_node_proves_nothing(lie: Any, event: str | None) -> None:
    chain = FakeChain(final=EXPIRED, event=event, at=SIGNED + 7, lie=lie)

    found = _outcome(chain)

    assert found.money == "not known"
    assert found.transaction is None
    assert "secret-token" not in found.reason


@pytest.mark.parametrize("error", [NotSent("refused"), NoReply("timed out")], ids=["down", "silent"])
@pytest.mark.parametrize("method", ["eth_chainId", "eth_getBlockByNumber", "eth_call", "eth_getLogs"])
def test_a_node_that_does_not_answer_proves_nothing(error: Exception, method: str) -> None:
    def fail(asked: str, parameters: list[Any], honest: Any) -> Any:
        if asked == method:
            raise error
        return honest

    found = _outcome(FakeChain(final=EXPIRED, event="used", at=SIGNED + 7, lie=fail))

    assert found.money == "not known"
    assert "does not answer" in found.reason


def _log(**changes: Any) -> Any:
    def lie(method: str, parameters: list[Any], honest: Any) -> Any:
        return [{**honest[0], **changes}] if method == "eth_getLogs" and honest else honest

    return lie


def _topics(position: int, value: str) -> Any:
    def lie(method: str, parameters: list[Any], honest: Any) -> Any:
        if method != "eth_getLogs" or not honest:
            return honest
        topics = list(honest[0]["topics"])
        topics[position] = value
        return [{**honest[0], "topics": topics}]

    return lie


LOG_LIES: dict[str, Any] = {
    "two logs": lambda method, parameters, honest: honest * 2 if method == "eth_getLogs" else honest,
    "no list": lambda method, parameters, honest: "none" if method == "eth_getLogs" else honest,
    "null": lambda method, parameters, honest: None if method == "eth_getLogs" else honest,
    "another token": _log(address="0x" + "11" * 20),
    "a later block": _log(blockNumber=hex(EXPIRED + 1)),
    "an earlier block": _log(blockNumber="0x1"),
    "no block": _log(blockNumber=None),
    "no transaction": _log(transactionHash=None),
    "reorganised away": _log(removed=True),
    "no topics": _log(topics=[]),
    "another event": _topics(0, "0x" + "11" * 32),
    "another payer": _topics(1, "0x" + "11" * 32),
    "another nonce": _topics(2, "0x" + "11" * 32),
}


@pytest.mark.parametrize("lie", LOG_LIES.values(), ids=LOG_LIES)
def test_a_log_that_is_not_ours_proves_nothing(lie: Any) -> None:
    found = _outcome(FakeChain(final=EXPIRED, event="used", at=SIGNED + 7, lie=lie))

    assert found.money == "not known"


def test_blocks_out_of_order_prove_nothing() -> None:
    def lie(method: str, parameters: list[Any], honest: Any) -> Any:
        if method == "eth_getBlockByNumber" and parameters[0] != "finalized":
            return {**honest, "timestamp": hex(NOW + 10**6)}
        return honest

    found = _outcome(FakeChain(final=EXPIRED, event="used", at=SIGNED + 7, lie=lie))

    assert found.money == "not known"


@pytest.mark.parametrize("widest", [10, 50, 500, 10_000])
def test_a_node_that_allows_only_short_ranges_is_asked_often_enough(widest: int) -> None:
    chain = FakeChain(final=SIGNED + 100_000, event="used", at=EXPIRED - 1, widest=widest)

    assert _outcome(chain).money == "settled"
    assert sum(method == "eth_getLogs" for method, _ in chain.asked) <= MAX_LOG_QUESTIONS


def test_a_search_ends() -> None:
    chain = FakeChain(final=SIGNED + 10_000_000, event="canceled", at=SIGNED + 9_000_000)

    found = _outcome(chain)

    assert found.money == "not known"
    assert len(chain.asked) < MAX_LOG_QUESTIONS + 60


def test_a_node_that_allows_no_logs_at_all_proves_nothing() -> None:
    assert _outcome(FakeChain(final=EXPIRED, event="used", at=SIGNED + 7, widest=0)).money == "not known"


@given(
    seconds=st.sampled_from([1, 2, 12]),
    after=st.integers(0, 299),
    since=st.integers(0, 3_000_000),
    skew=st.integers(-120, 120),
)
def test_the_log_is_found_wherever_it_can_be(seconds: int, after: int, since: int, skew: int) -> None:
    """At any block time, however long ago, and with our clock two minutes off when we signed."""
    chain = FakeChain(final=0, seconds=seconds, event="used")
    chain.at = chain.block_at(NOW + after)
    chain.final = chain.at + since // seconds

    found = _outcome(chain, replace(ROW, signed_at=NOW + skew))

    assert (found.money, found.transaction) == ("settled", TRANSACTION)


@pytest.mark.parametrize("ahead", [121, 3600, 13 * 3600, 86_000])
def test_a_payment_signed_with_a_clock_far_ahead_is_found(ahead: int) -> None:
    chain = FakeChain(final=SIGNED + 100_000, event="used", at=SIGNED + 5)

    found = _outcome(chain, replace(ROW, signed_at=NOW + ahead))

    assert (found.money, found.transaction) == ("settled", TRANSACTION)


def test_a_chain_younger_than_the_payment_is_read_from_its_beginning() -> None:
    chain = FakeChain(final=200, genesis=NOW + 1, event="used", at=3)

    assert _outcome(chain).money == "settled"


@pytest.mark.parametrize(
    "evidence",
    [
        {},
        {**ROW.evidence, "network": "eip155:5"},
        {**ROW.evidence, "asset": ROW.evidence["from"]},
        {**ROW.evidence, "from": None},
        {**ROW.evidence, "from": "0x12"},
        {**ROW.evidence, "nonce": "0x" + "00" * 32},
        {**ROW.evidence, "nonce": None},
        {**ROW.evidence, "validBefore": str(EXPIRY)},
        {**ROW.evidence, "validBefore": True},
    ],
    ids=str,
)
def test_foreign_evidence_proves_nothing(evidence: Mapping[str, Any]) -> None:
    assert returned(PAYING.outcome(replace(ROW, evidence=evidence))).money == "not known"


def test_the_same_conversation_is_the_same_bytes() -> None:
    first, second = (FakeChain(final=EXPIRED, event="used", at=SIGNED + 7) for _ in range(2))

    assert _outcome(first) == _outcome(second)
    assert first.asked == second.asked
    assert f"0x{NONCE.hex()}" in json.dumps(first.asked)


def test_balance_is_asked_of_configured_nodes_only() -> None:
    held = driven(PAYING.balance(), FakeChain(final=EXPIRED))

    assert [(asset.network, asset.address, amount) for asset, amount in held.items()] == [
        ("eip155:8453", USDC, 1_500_000)
    ]
    assert returned(payer().balance()) == {}
    assert driven(PAYING.balance(), FakeChain(final=1, lie=LIES["no contract"])) == {}
