"""What is asked of the user's own node before anything is signed, and when nothing is signed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from coinslot.effects import NoReply, Reply
from coinslot.errors import PaymentRefused
from coinslot_solana.distinct import REMEMBERED, Distinct
from coinslot_solana.memo import MAX_UNITS, units_for
from tests.solana.chain import Lie, Node, Shop
from tests.solana.parts import CHANCE, MAINNET, driven, returned


def test_the_bound_is_what_our_node_said() -> None:
    shop = Shop()
    shop.chain.mine(20, skipped=100)

    credential = shop.sign(shop.offer(told={"lastValidBlockHeight": "7"}))

    assert credential.evidence["bound"] == {
        "firstSlot": shop.chain.slot,
        "lastHeight": shop.chain.height + 150,
    }


def test_an_old_blockhash_is_bound_from_now() -> None:
    """Its own height is not known to us; it is certainly not greater than now."""
    shop = Shop()
    asked = shop.offer()
    shop.chain.mine(100)

    assert shop.sign(asked).evidence["bound"]["lastHeight"] == shop.chain.height + 150


def test_height_is_asked_of_a_node_that_knows_the_blockhash() -> None:
    shop = Shop()

    driven(shop.paying.prepare(shop.offer()), shop.node)

    asked = [method for method, _ in shop.node.asked]
    assert asked == ["getGenesisHash", "isBlockhashValid", "getEpochInfo"]
    assert shop.node.asked[-1][1][0]["minContextSlot"] == shop.chain.slot


def test_without_a_node_nothing_is_asked_and_the_payment_has_no_bound() -> None:
    from tests.solana.parts import offer, payer

    draft = returned(payer().prepare(offer()))

    assert draft.fields["bound"] is None


def _changed(method: str, result: Any) -> Lie:
    return lambda asked, parameters, told: result if asked == method else told


def _failing(method: str) -> Lie:
    def lie(asked: str, parameters: list[Any], told: Any) -> Any:
        if asked == method:
            raise NoReply("timed out")
        return told

    return lie


CONTEXT = {"context": {"slot": 5}}
USELESS: dict[str, Lie] = {
    "another chain": _changed("getGenesisHash", MAINNET),
    "silent": _failing("getEpochInfo"),
    "gateway": _changed("getEpochInfo", Reply(502, body=b"<html>")),
    "no height": _changed("getEpochInfo", {"absoluteSlot": 10**6}),
    "behind itself": _changed("getEpochInfo", {"absoluteSlot": 5, "blockHeight": 4}),
    "neither yes nor no": _changed("isBlockhashValid", {**CONTEXT, "value": "yes"}),
    "no context": _changed("isBlockhashValid", {"value": True}),
    "no blockhash": _changed("getLatestBlockhash", {**CONTEXT, "value": None}),
    "a short blockhash": _changed("getLatestBlockhash", {**CONTEXT, "value": {"blockhash": "abc"}}),
}


@pytest.mark.parametrize("lie", USELESS.values(), ids=USELESS)
def test_nothing_is_signed_where_the_node_cannot_say_until_when(lie: Lie) -> None:
    shop = Shop()
    own = "blockhash" in next(name for name, other in USELESS.items() if other is lie)
    asked = shop.offer(told={"recentBlockhash": ...} if own else {})

    with pytest.raises(PaymentRefused, match="COINSLOT_SOLANA_RPC") as refused:
        driven(shop.paying.prepare(asked), Node(shop.chain, lie))

    assert refused.value.slug == "node"
    assert "secret-token" not in str(refused.value)


def test_a_node_that_is_a_little_behind_is_asked_again() -> None:
    refusals = [{"code": -32016, "message": "Minimum context slot has not been reached"}]

    def lag(method: str, parameters: list[Any], told: Any) -> Any:
        return refusals.pop() if method == "getEpochInfo" and refusals else told

    shop = Shop()

    assert shop.sign(lie=lag).evidence["bound"]["lastHeight"] == shop.chain.height + 150


def test_a_node_that_stays_behind_is_not_asked_for_ever() -> None:
    shop = Shop()
    node = Node(shop.chain, _changed("getEpochInfo", {"code": -32016, "message": "behind"}))

    with pytest.raises(PaymentRefused):
        driven(shop.paying.prepare(shop.offer()), node)

    assert len(node.asked) == 5


@pytest.mark.parametrize(
    ("memo", "units"),
    [
        (b"", 20_000),
        (b"0" * 33, 20_000),
        (b"0" * 34, 22_264),
        (b"m" * 256, 110_176),
        ("é".encode() * 10, 20_000),
        ("☕".encode() * 4, 74_800),
        ("😀".encode() * 64, MAX_UNITS),
    ],
    ids=["none", "usual", "longer", "longest", "accents", "coffee", "emoji"],
)
def test_a_longer_memo_gets_more_computing(memo: bytes, units: int) -> None:
    assert units_for(memo) == units
    assert units <= MAX_UNITS


def test_equal_drafts_in_many_threads_all_differ() -> None:
    distinct = Distinct()

    with ThreadPoolExecutor(8) as threads:
        chosen = list(
            threads.map(lambda _: distinct.units("same", 20_000, lambda count: CHANCE[:count]), range(500))
        )

    assert len(set(chosen)) == 500


def test_memory_is_bounded_and_there_is_always_a_difference_left() -> None:
    distinct = Distinct()
    chosen = [distinct.units("same", 20_000, lambda count: CHANCE[:count]) for _ in range(REMEMBERED)]

    assert len(set(chosen)) == REMEMBERED
    for number in range(10_000):
        distinct.units(number, 20_000, lambda count: CHANCE[:count])
    assert len(distinct._drafted) == REMEMBERED
