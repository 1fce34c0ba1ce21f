"""What a node's answers prove of a payment (`money.md`, section 4), and all that proves nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coinslot.backend import Outcome
from coinslot.effects import Reply
from coinslot_tempo.backend import TempoBackend
from tests.tempo.ledgered import FakeChain, Row
from tests.tempo.parts import NODE, NOW, PAYEE, Answers, driven, offer, payer, returned

PAYING = payer({"COINSLOT_TEMPO_RPC": NODE})
NODELESS = payer()
EXPIRY = NOW + 25
SIGNED = 100_000
"""The block of the moment of signing, in a chain of half-second blocks."""
EXPIRED = SIGNED + 50
PLAIN = Row.of(NODELESS, offer())
SPONSORED = Row.of(NODELESS, offer(details={"feePayer": True}))
BOTH = pytest.mark.parametrize("row", [PLAIN, SPONSORED], ids=["plain", "sponsored"])


def chain(row: Row, **members: Any) -> FakeChain:
    return FakeChain(row=row, **{"final": EXPIRED + 400, **members})


def outcome(node: FakeChain, row: Row | None = None, paying: TempoBackend = PAYING) -> Outcome:
    spent = row or node.row
    assert spent is not None
    return driven(paying.outcome(spent), node)


@BOTH
@pytest.mark.parametrize("after", [2, 49, 500, 50_000])
def test_on_the_chain_is_settled(row: Row, after: int) -> None:
    node = chain(row, at=SIGNED + 2, final=SIGNED + after)

    found = outcome(node)

    assert (found.money, found.transaction) == ("settled", node.transaction)
    assert f"block {SIGNED + 2}" in found.reason


@BOTH
def test_expired_unused_is_void(row: Row) -> None:
    found = outcome(chain(row, final=EXPIRED))

    assert (found.money, found.transaction) == ("void", None)
    assert "expired unused" in found.reason


@BOTH
def test_the_second_before_expiry_proves_nothing(row: Row) -> None:
    found = outcome(chain(row, final=EXPIRED - 1))

    assert found.money == "not known"
    assert "still open" in found.reason


@BOTH
def test_what_is_not_final_proves_nothing(row: Row) -> None:
    assert outcome(chain(row, at=SIGNED + 10, final=SIGNED + 9)).money == "not known"


@BOTH
@pytest.mark.parametrize("ahead", [121, 800, 3500])
def test_what_was_paid_with_a_clock_far_ahead_is_not_void(row: Row, ahead: int) -> None:
    node = chain(row, at=SIGNED + 2, final=SIGNED + 100_000)

    assert outcome(node, replace(row, signed_at=NOW + ahead)).money == "settled"


@BOTH
@pytest.mark.parametrize("ahead", [3700, 86_400, 10**7])
def test_a_clock_that_jumps_as_it_is_signed_hides_no_payment(row: Row, ahead: int) -> None:
    """What was signed still lives by the time before the jump, and so does the search."""
    node = chain(row, at=SIGNED + 2, final=SIGNED + 100_000)

    assert outcome(node, replace(row, signed_at=NOW + ahead)).money == "settled"


SEEN = SIGNED - 5
"""The block that was final when a wallet with a node prepared a payment."""


def prepared(clock: int) -> Row:
    """A sponsored payment, signed with a clock so far ahead by a wallet that asked its node before."""
    asked = Answers({"eth_chainId": hex(4217), "eth_gasPrice": hex(10**9)})
    asked.results["eth_getBlockByNumber"] = FakeChain(row=PLAIN, final=SEEN).results["eth_getBlockByNumber"]
    ahead = payer({"COINSLOT_TEMPO_RPC": NODE}, now=NOW + clock)
    return replace(Row.of(ahead, offer(details={"feePayer": True}), asked), signed_at=NOW + clock)


@pytest.mark.parametrize("clock", [-86_400, 0, 3700, 40_000])
def test_where_a_node_was_asked_no_clock_tells_when_it_was_signed(clock: int) -> None:
    """A chain that took it all the same is the worst case: it must be found there."""
    row = prepared(clock)
    until = SIGNED + 2 * (max(clock, 0) + 25)
    node = chain(row, at=SIGNED + 2, final=until)
    unpaid = chain(row, final=until)

    assert row.evidence["since"] == SEEN
    # A payment that had expired when it was signed is taken by no block.
    assert outcome(node).money == ("settled" if clock >= 0 else "void")
    assert outcome(unpaid).money == "void"


@pytest.mark.parametrize("widest", [100, 40, 10])
def test_from_the_block_that_was_final_a_narrow_node_proves_absence_too(widest: int) -> None:
    row = prepared(0)
    paid, unpaid = chain(row, at=SIGNED + 30, widest=widest), chain(row, widest=widest)

    assert (outcome(paid).money, outcome(unpaid).money) == ("settled", "void")


def test_a_node_from_before_it_was_signed_proves_nothing() -> None:
    """Another network's blocks, or another chain under the same number: its times may be any."""
    row = prepared(-86_400)

    assert outcome(chain(row, final=SEEN - 1)).money == "not known"
    assert outcome(chain(row, final=SEEN)).money == "void"


def test_a_node_that_forgot_the_blocks_before_it_was_signed_proves_no_absence() -> None:
    node = chain(prepared(0), at=SIGNED + 2, final=SIGNED + 20_000, remembered=SIGNED + 10_000)

    assert outcome(node).money == "not known"


def test_failed_is_void_when_it_has_expired() -> None:
    early = outcome(chain(PLAIN, at=SIGNED + 10, failed=True, final=EXPIRED - 1))
    late = outcome(chain(PLAIN, at=SIGNED + 10, failed=True, final=EXPIRED))

    assert (early.money, late.money) == ("not known", "void")
    assert "failed" in late.reason


@BOTH
def test_our_own_clock_proves_nothing(row: Row) -> None:
    late = payer({"COINSLOT_TEMPO_RPC": NODE}, now=NOW + 10**6)

    assert outcome(chain(row, final=SIGNED + 10), paying=late).money == "not known"


@BOTH
def test_without_a_node_nothing_is_known_and_nothing_is_asked(row: Row) -> None:
    found = returned(NODELESS.outcome(row))

    assert found.money == "not known"
    assert "COINSLOT_TEMPO_RPC" in found.reason


@BOTH
def test_a_node_that_forgets_receipts_proves_no_absence(row: Row) -> None:
    """It was paid; the node keeps only what came later, and must not make us pay again."""
    node = chain(row, at=SIGNED + 2, final=SIGNED + 20_000, remembered=SIGNED + 10_000)

    found = outcome(node)

    assert found.money == "not known"
    assert "no longer has receipts" in found.reason


@BOTH
@pytest.mark.parametrize("busy", [1, 7, 31, 0])
def test_memory_is_tested_with_what_the_chain_has(row: Row, busy: int) -> None:
    assert outcome(chain(row, busy=busy)).money == "void"


@BOTH
@pytest.mark.parametrize("widest", [10_000, 500, 200])
def test_a_node_may_narrow_log_questions(row: Row, widest: int) -> None:
    paid, unpaid = chain(row, at=SIGNED + 30, widest=widest), chain(row, widest=widest)

    assert (outcome(paid).money, outcome(unpaid).money) == ("settled", "void")


@pytest.mark.parametrize("widest", [100, 40, 10])
def test_a_node_with_very_narrow_log_questions_finds_and_proves_no_absence(widest: int) -> None:
    """The hour before we signed takes too many of them, and our clock may have been ahead by that."""
    paid, unpaid = chain(SPONSORED, at=SIGNED + 30, widest=widest), chain(SPONSORED, widest=widest)

    assert (outcome(paid).money, outcome(unpaid).money) == ("settled", "not known")


def test_a_node_that_answers_no_log_question_proves_nothing() -> None:
    assert outcome(chain(SPONSORED, widest=5)).money == "not known"


@pytest.mark.parametrize(
    "other",
    [
        offer(raw={"id": "another"}, details={"feePayer": True}),
        offer(recipient="0x70997970C51812dc3A010C7d01b50e0d17dc79C8", details={"feePayer": True}),
    ],
    ids=["challenge", "payee"],
)
def test_another_payment_of_ours_is_not_this_one(other: Any) -> None:
    node = chain(Row.of(NODELESS, other), at=SIGNED + 2)

    assert outcome(node, SPONSORED).money == "void"


def test_another_amount_under_the_same_memo_proves_nothing() -> None:
    other = Row.of(NODELESS, offer(amount=1, details={"feePayer": True}))

    assert outcome(chain(other, at=SIGNED + 2), SPONSORED).money == "not known"


def test_a_split_to_the_payee_is_not_mistaken_for_the_payment() -> None:
    split = [{"amount": "34000", "recipient": PAYEE}]
    row = Row.of(NODELESS, offer(details={"feePayer": True, "splits": split}))

    def both(method: str, _: Any, result: Any) -> Any:
        if method != "eth_getLogs" or not result:
            return result
        return [{**result[0], "data": f"0x{34_000:064x}"}, *result]

    assert row.evidence["amount"] == "100000"
    assert outcome(chain(row, at=SIGNED + 2, lie=both)).money == "settled"


def _changed(method: str, result: Any) -> Any:
    return lambda asked, parameters, honest: result if asked == method else honest


def _edited(method: str, **changes: Any) -> Any:
    def lie(asked: str, parameters: list[Any], honest: Any) -> Any:
        if asked != method or not honest:
            return honest
        return [{**honest[0], **changes}] if isinstance(honest, list) else {**honest, **changes}

    return lie


LIES: dict[str, Any] = {
    "another chain": _changed("eth_chainId", "0x1"),
    "no chain": _changed("eth_chainId", None),
    "no final block": _changed("eth_getBlockByNumber", None),
    "unknown tag": _changed("eth_getBlockByNumber", {"code": -32602, "message": "invalid block tag"}),
    "a block without time": _edited("eth_getBlockByNumber", timestamp=None),
    "a block with a negative time": _edited("eth_getBlockByNumber", timestamp="-0x1"),
    "a block with a short hash": _edited("eth_getBlockByNumber", hash="0x00"),
    "rate limit": _changed("eth_getBlockByNumber", Reply(429, body=b'{"error": "slow down"}')),
    "gateway": _changed("eth_chainId", Reply(502, body=b"<html>bad gateway</html>")),
    "another question's answer": _changed(
        "eth_chainId", Reply(200, body=b'{"jsonrpc": "2.0", "id": 7, "result": "0x1079"}')
    ),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
@pytest.mark.parametrize("at", [None, SIGNED + 2], ids=["unpaid", "paid"])
@BOTH
def test_a_failing_or_lying_node_proves_nothing(row: Row, at: int | None, lie: Any) -> None:
    found = outcome(chain(row, at=at, lie=lie))

    assert found.money == "not known"
    assert found.transaction is None
    assert "secret-token" not in found.reason


RECEIPT_LIES: dict[str, Any] = {
    "another transaction": _edited("eth_getTransactionReceipt", transactionHash="0x" + "11" * 32),
    "no transaction": _edited("eth_getTransactionReceipt", transactionHash=None),
    "no block": _edited("eth_getTransactionReceipt", blockNumber=None),
    "another block": _edited("eth_getTransactionReceipt", blockNumber=hex(SIGNED + 3)),
    "a block that was reorganised away": _edited("eth_getTransactionReceipt", blockHash="0x" + "11" * 32),
    "no block hash": _edited("eth_getTransactionReceipt", blockHash=None),
    "no status": _edited("eth_getTransactionReceipt", status=None),
    "another status": _edited("eth_getTransactionReceipt", status="0x2"),
    "text": _changed("eth_getTransactionReceipt", "yes"),
    "a list": _changed("eth_getTransactionReceipt", []),
    "an error": _changed("eth_getTransactionReceipt", {"code": -32000, "message": "pruned"}),
}


@pytest.mark.parametrize("lie", RECEIPT_LIES.values(), ids=RECEIPT_LIES)
def test_a_receipt_that_is_not_ours_proves_nothing(lie: Any) -> None:
    assert outcome(chain(PLAIN, at=SIGNED + 2, lie=lie)).money == "not known"


LOG_LIES: dict[str, Any] = {
    "no list": _changed("eth_getLogs", "none"),
    "null": _changed("eth_getLogs", None),
    "an empty object": _changed("eth_getLogs", {}),
    "a list of text": _changed("eth_getLogs", ["0x"]),
    "another token": _edited("eth_getLogs", address="0x" + "11" * 20),
    "a later block": _edited("eth_getLogs", blockNumber=hex(EXPIRED + 401)),
    "an earlier block": _edited("eth_getLogs", blockNumber="0x1"),
    "no block": _edited("eth_getLogs", blockNumber=None),
    "no transaction": _edited("eth_getLogs", transactionHash=None),
    "reorganised away": _edited("eth_getLogs", removed=True),
    "no topics": _edited("eth_getLogs", topics=[]),
    "other topics": _edited("eth_getLogs", topics=["0x" + "11" * 32] * 4),
    "another amount": _edited("eth_getLogs", data=f"0x{1:064x}"),
    "no amount": _edited("eth_getLogs", data="0x"),
}


@pytest.mark.parametrize("lie", LOG_LIES.values(), ids=LOG_LIES)
def test_a_log_that_is_not_ours_proves_nothing(lie: Any) -> None:
    assert outcome(chain(SPONSORED, at=SIGNED + 2, lie=lie)).money == "not known"


MEMORY_LIES: dict[str, Any] = {
    "no transactions": _edited("eth_getBlockByNumber", transactions=None),
    "transactions that are none": _edited("eth_getBlockByNumber", transactions=[7]),
    "no receipts at all": _changed("eth_getTransactionReceipt", None),
}


@pytest.mark.parametrize("lie", MEMORY_LIES.values(), ids=MEMORY_LIES)
@BOTH
def test_a_node_without_memory_proves_no_absence(row: Row, lie: Any) -> None:
    assert outcome(chain(row, lie=lie)).money == "not known"


EVIDENCE: dict[str, dict[str, Any]] = {
    "another network": {"network": "eip155:1"},
    "another token": {"asset": "0x" + "11" * 20},
    "no payer": {"from": None},
    "no payee": {"to": "nobody"},
    "no amount": {"amount": None},
    "no memo": {"memo": None},
    "a short memo": {"memo": "0x00"},
    "no end": {"validBefore": None},
    "an end as text": {"validBefore": str(EXPIRY)},
    "another hash": {"transaction": "0x00"},
    "a block as text": {"since": "0x1"},
    "a block before all": {"since": -1},
}


@pytest.mark.parametrize("changes", EVIDENCE.values(), ids=EVIDENCE)
def test_evidence_that_is_not_ours_proves_nothing(changes: dict[str, Any]) -> None:
    row = replace(PLAIN, evidence={**PLAIN.evidence, **changes})

    found = returned(PAYING.outcome(row))

    assert found.money == "not known"


@given(
    at=st.none() | st.integers(SIGNED - 100, EXPIRED - 1),
    final=st.integers(SIGNED - 100, SIGNED + 5000),
    sponsored=st.booleans(),
    failed=st.booleans(),
    skew=st.integers(-100, 100),
)
def test_void_is_never_said_of_what_is_or_can_be_on_the_chain(
    at: int | None,
    final: int,
    *,
    sponsored: bool,
    failed: bool,
    skew: int,
) -> None:
    row = replace(SPONSORED if sponsored else PLAIN, signed_at=NOW + skew)
    node = chain(row, at=at, final=final, failed=failed)

    found = outcome(node)

    paid = at is not None and at <= final and not failed
    expected = "settled" if paid else "void" if final >= EXPIRED else "not known"
    assert found.money == expected
