"""A node that fails, lies, forgets or says nothing proves nothing; one that works tells balances."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from coinslot.effects import NoReply, NotSent, Reply
from coinslot_solana.backend import backend
from tests.solana.chain import FUNDS, Lie, Node, Shop, honest
from tests.solana.parts import NODE, driven, payer, returned
from tests.solana.spent import LIFE, busy, spent


def test_a_node_that_has_forgotten_proves_nothing() -> None:
    shop, credential = spent()
    shop.land(credential)
    shop.chain.mine(LIFE + 32 + 1000)
    shop.chain.first_slot = shop.chain.slot - 500

    found = shop.outcome(credential)

    assert found.money == "not known"
    assert "forgotten" in found.reason


def test_a_node_that_keeps_no_history_proves_nothing() -> None:
    def without(method: str, parameters: list[Any], result: Any) -> Any:
        refused = {"code": -32011, "message": "Transaction history is not available from this node"}
        return refused if method == "getSignaturesForAddress" else result

    shop, credential = spent()
    shop.chain.mine(LIFE + 33)

    assert shop.outcome(credential, without).money == "not known"


def test_a_crowd_of_nodes_answers_from_one_moment() -> None:
    """The history is asked of a node that has come as far as the one that told the height."""
    shop, credential = spent()
    shop.chain.mine(LIFE + 33)

    assert shop.outcome(credential).money == "void"

    asked = dict((method, parameters) for method, parameters in shop.node.asked)  # noqa: C402 - typed pairs
    assert asked["getSignaturesForAddress"][1]["minContextSlot"] == shop.chain.slot - 32


def _changed(method: str, result: Any) -> Lie:
    return lambda asked, parameters, told: result if asked == method else told


def _epoch(**changes: Any) -> Lie:
    return lambda asked, parameters, told: {**told, **changes} if asked == "getEpochInfo" else told


def _entry(**changes: Any) -> Lie:
    def lie(method: str, parameters: list[Any], told: Any) -> Any:
        if method != "getSignaturesForAddress" or not told:
            return told
        return [{**told[0], **changes}, *told[1:]]

    return lie


def _transaction(**changes: Any) -> Lie:
    return lambda asked, parameters, told: {**told, **changes} if asked == "getTransaction" else told


LIES: dict[str, Lie] = {
    "another chain": _changed("getGenesisHash", "EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG"),
    "no chain": _changed("getGenesisHash", None),
    "no epoch": _changed("getEpochInfo", None),
    "height as text": _epoch(blockHeight="9999"),
    "height as a float": _epoch(blockHeight=9999.0),
    "no height": _epoch(blockHeight=None),
    "a height of truth": _epoch(blockHeight=True),
    "more blocks than slots": _epoch(blockHeight=10**9),
    "a negative slot": _epoch(absoluteSlot=-1),
    "no history": _changed("getSignaturesForAddress", None),
    "history as an object": _changed("getSignaturesForAddress", {"value": []}),
    "history of texts": _changed("getSignaturesForAddress", ["x"]),
    "lagging behind": _changed(
        "getSignaturesForAddress", {"code": -32016, "message": "Minimum context slot"}
    ),
    "rate limit": _changed("getSignaturesForAddress", Reply(429, body=b'{"error": "slow down"}')),
    "gateway": _changed("getSignaturesForAddress", Reply(502, body=b"<html>bad gateway</html>")),
    "deep JSON": _changed("getGenesisHash", Reply(200, body=b"[" * 100_000)),
    "another question's answer": _changed(
        "getGenesisHash", Reply(200, body=b'{"jsonrpc": "2.0", "id": 7, "result": ""}')
    ),
    "not final": _entry(confirmationStatus="confirmed"),
    "no signature": _entry(signature=None),
    "a short signature": _entry(signature="abc"),
    "no slot": _entry(slot=None),
    "out of order": _entry(slot=1),
    "a time that is none": _entry(blockTime="noon"),
    "a lost transaction": _changed("getTransaction", None),
    "a transaction as text": _changed("getTransaction", "AQ=="),
    "a parsed transaction": _transaction(transaction={"signatures": []}),
    "in base58": _transaction(transaction=["3Bxs", "base58"]),
    "no transaction": _transaction(transaction=["AQ==", "base64"]),
    "no base64": _transaction(transaction=["?", "base64"]),
    "empty": _transaction(transaction=["", "base64"]),
    "without meta": _transaction(meta=None),
    "without result": _transaction(meta={}),
    "in another slot": _transaction(slot=7),
    "unknown version": _changed(
        "getTransaction", {"code": -32015, "message": "version (1) is not supported"}
    ),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
@pytest.mark.parametrize("landed", [False, True], ids=["open", "landed"])
def test_a_failing_or_lying_node_proves_nothing(lie: Lie, landed: bool) -> None:  # noqa: FBT001 - of the table
    shop, credential = spent()
    busy(shop, 1)
    if landed:
        shop.land(credential)
    shop.chain.mine(LIFE + 33)

    found = shop.outcome(credential, lie)

    assert found.money == "not known"
    assert found.transaction is None
    assert "secret-token" not in found.reason


@pytest.mark.parametrize("method", ["getFirstAvailableBlock"])
@pytest.mark.parametrize("result", [None, "0", -1, 10**30, {"code": -32601, "message": "?"}], ids=str)
def test_a_node_that_does_not_say_what_it_keeps_proves_nothing(method: str, result: Any) -> None:
    shop, credential = spent()
    shop.chain.mine(LIFE + 33)

    assert shop.outcome(credential, _changed(method, result)).money == "not known"


def test_another_transaction_under_our_transactions_name_proves_nothing() -> None:
    shop, credential = spent()
    busy(shop, 1)
    other = base64.b64encode(shop.chain.landed[-1].raw).decode()
    shop.land(credential)
    shop.chain.mine(LIFE + 33)

    found = shop.outcome(credential, _transaction(transaction=[other, "base64"]))

    assert found.money == "not known"


def test_our_signature_under_another_message_proves_nothing() -> None:
    """A node could show any transaction of its own with our signature put in it."""
    shop, credential = spent()
    landed = shop.land(credential)
    shop.finish()
    forged = bytearray(landed.raw)
    forged[-5] ^= 1  # in the memo
    fee_payer = shop.fee_payer._keypair
    own = bytes(fee_payer.sign_message(bytes(forged[129:])))
    forged[1:65] = own
    name = str(fee_payer.sign_message(bytes(forged[129:])))

    def lie(method: str, parameters: list[Any], told: Any) -> Any:
        if method == "getSignaturesForAddress" and told:
            return [{**told[0], "signature": name}, *told[1:]]
        if method == "getTransaction":
            return {
                "slot": landed.slot,
                "transaction": [base64.b64encode(forged).decode(), "base64"],
                "meta": {"err": None},
            }
        return told

    found = shop.outcome(credential, lie)

    assert found.money == "not known"
    assert "did not sign" in found.reason


@pytest.mark.parametrize("error", [NotSent("refused"), NoReply("timed out")], ids=["down", "silent"])
@pytest.mark.parametrize(
    "method",
    ["getGenesisHash", "getEpochInfo", "getSignaturesForAddress", "getTransaction", "getFirstAvailableBlock"],
)
def test_a_node_that_does_not_answer_proves_nothing(error: Exception, method: str) -> None:
    def fail(asked: str, parameters: list[Any], told: Any) -> Any:
        if asked == method:
            raise error
        return told

    shop, credential = spent()
    busy(shop, 1)
    shop.chain.mine(LIFE + 33)

    found = shop.outcome(credential, fail)

    assert found.money == "not known"
    assert "does not answer" in found.reason


def test_balance_is_asked_of_configured_nodes_only() -> None:
    shop = Shop()

    assert list(driven(shop.paying.balance(), shop.node).values()) == [FUNDS]
    assert returned(payer().balance()) == {}
    assert driven(shop.paying.balance(), Node(shop.chain, LIES["another chain"])) == {}
    for told in (None, {"amount": "1"}, {"context": {"slot": 1}, "value": {"amount": "1e6", "decimals": 6}}):
        lying = Node(shop.chain, _changed("getTokenAccountBalance", told))
        assert driven(shop.paying.balance(), lying) == {}
    wrong = {"context": {"slot": 1}, "value": {"amount": "1", "decimals": 9}}
    assert driven(shop.paying.balance(), Node(shop.chain, _changed("getTokenAccountBalance", wrong))) == {}


def test_a_wallet_without_token_account_holds_nothing() -> None:
    from coinslot.backend import Setting
    from tests.solana.parts import surroundings

    shop = Shop()
    environ = {"COINSLOT_SOLANA_KEY": "test:" + "e1e2" * 16, "COINSLOT_SOLANA_RPC": NODE}
    new = backend(Setting(environ, surroundings()))

    assert list(driven(new.balance(), Node(shop.chain, honest)).values()) == [0]
