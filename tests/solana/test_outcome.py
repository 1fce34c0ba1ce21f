"""What a node's answers prove of a payment (`money.md`, section 4), and all that proves nothing."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest
from solders.keypair import Keypair

from coinslot.backend import Credential
from coinslot.effects import NoReply, NotSent, Reply
from coinslot_solana.backend import backend
from coinslot_solana.outcome import MAX_TRANSACTIONS
from tests.solana.chain import FUNDS, Lie, Node, Shop, honest
from tests.solana.parts import NODE, NOW, PAYEE, driven, payer, returned

LIFE = 150


def _spent() -> tuple[Shop, Credential]:
    """A payment that was signed and never sent, at the chain's height 902."""
    shop = Shop()
    return shop, shop.sign()


def _busy(shop: Shop, payments: int, *, each: int = 1) -> None:
    """Let the wallet pay for other things meanwhile."""
    for _ in range(payments):
        shop.land(shop.sign(shop.offer(amount="1")))
        shop.chain.mine(each)


def test_landed_is_settled_with_its_transaction() -> None:
    shop, credential = _spent()
    landed = shop.land(credential)
    shop.finish()

    found = shop.outcome(credential)

    assert (found.money, found.transaction) == ("settled", landed.signature)
    assert f"slot {landed.slot}" in found.reason


def test_landed_in_the_last_possible_block_is_settled() -> None:
    shop, credential = _spent()
    shop.chain.mine(LIFE)
    landed = shop.land(credential)
    shop.finish(200)

    assert shop.outcome(credential).transaction == landed.signature


def test_landed_and_failed_is_void() -> None:
    shop = Shop()
    credential = shop.sign(shop.offer(amount=str(FUNDS + 1)))
    landed = shop.land(credential)
    assert landed.error
    shop.finish()

    found = shop.outcome(credential)

    assert (found.money, found.transaction) == ("void", landed.signature)
    assert "failed" in found.reason
    assert shop.chain.balance(PAYEE) == 0


def test_expired_and_never_landed_is_void() -> None:
    shop, credential = _spent()
    shop.chain.mine(LIFE + 1 + 32)

    found = shop.outcome(credential)

    assert (found.money, found.transaction) == ("void", None)
    assert "never landed" in found.reason


def test_the_block_of_expiry_itself_proves_nothing() -> None:
    shop, credential = _spent()
    shop.chain.mine(LIFE + 32)

    found = shop.outcome(credential)

    assert found.money == "not known"
    assert "still open" in found.reason


def test_slots_without_blocks_do_not_count() -> None:
    shop, credential = _spent()
    shop.chain.mine(LIFE - 10, skipped=5_000)
    shop.chain.mine(32, skipped=5_000)

    assert shop.outcome(credential).money == "not known"


def test_what_is_not_final_proves_nothing() -> None:
    shop, credential = _spent()
    shop.land(credential)

    assert shop.outcome(credential).money == "not known"
    assert all(
        config.get("commitment") == "finalized"
        for method, parameters in shop.node.asked
        for config in parameters[-1:]
        if isinstance(config, dict)
    )


def test_the_servers_bound_is_not_believed() -> None:
    """Neither one that has passed nor one that never will."""
    for claimed in ("1", "999999999999"):
        shop = Shop()
        credential = shop.sign(shop.offer(told={"lastValidBlockHeight": claimed}))
        shop.chain.mine(LIFE + 32)
        assert shop.outcome(credential).money == "not known"
        shop.chain.mine(1)
        assert shop.outcome(credential).money == "void"


def test_a_blockhash_that_our_node_does_not_know_gets_a_wider_bound() -> None:
    """It may be of a block that the node has not seen, so the payment may live longer than from here."""

    def lag(method: str, parameters: list[Any], result: Any) -> Any:
        return {**result, "value": False} if method == "isBlockhashValid" else result

    shop = Shop()
    credential = shop.sign(lie=lag)
    shop.chain.mine(2 * LIFE + 32)
    assert shop.outcome(credential).money == "not known"
    shop.chain.mine(1)
    assert shop.outcome(credential).money == "void"


def test_our_own_clock_proves_nothing() -> None:
    shop, credential = _spent()
    late = payer({"COINSLOT_SOLANA_RPC": NODE}, now=NOW + 10**6)

    assert driven(late.outcome(shop.row(credential)), shop.node).money == "not known"


def test_without_a_node_nothing_is_known_and_nothing_is_asked() -> None:
    shop, credential = _spent()

    found = returned(payer().outcome(shop.row(credential)))

    assert found.money == "not known"
    assert "COINSLOT_SOLANA_RPC" in found.reason


def test_without_a_node_at_signing_only_a_landed_payment_is_known() -> None:
    shop = Shop()
    blind = payer()
    asked = shop.offer()
    credential = blind.sign(returned(blind.prepare(asked)))
    assert credential.evidence["bound"] is None
    shop.chain.mine(1000)

    found = shop.outcome(credential)
    assert found.money == "not known"
    assert "no node was asked when it was signed" in found.reason

    shop.chain.hashes[asked.extra["recentBlockhash"]] = shop.chain.height
    shop.land(credential)
    shop.finish()
    assert shop.outcome(credential).money == "settled"


def test_other_payments_are_not_taken_for_ours() -> None:
    shop, credential = _spent()
    _busy(shop, 5)
    shop.chain.mine(LIFE + 32)

    found = shop.outcome(credential)

    assert found.money == "void"
    assert sum(method == "getTransaction" for method, _ in shop.node.asked) == 5


@pytest.mark.parametrize("page", [1, 2, 3, 7])
def test_ours_is_found_among_others_page_by_page(page: int) -> None:
    def pages(method: str, parameters: list[Any], result: Any) -> Any:
        return result[:page] if method == "getSignaturesForAddress" else result

    shop, credential = _spent()
    _busy(shop, 3)
    landed = shop.land(credential)
    _busy(shop, 4)
    shop.finish()

    assert shop.outcome(credential, pages).transaction == landed.signature


def test_what_a_busy_wallet_did_after_the_bound_is_not_read() -> None:
    shop, credential = _spent()
    _busy(shop, 10)
    shop.chain.mine(LIFE)
    _busy(shop, 60)
    shop.finish()

    assert shop.outcome(credential).money == "void"
    assert sum(method == "getTransaction" for method, _ in shop.node.asked) <= 32


def test_a_node_without_blocks_is_asked_for_all_transactions() -> None:
    def without(method: str, parameters: list[Any], result: Any) -> Any:
        return {"code": -32601, "message": "Method not found"} if method == "getBlock" else result

    shop, credential = _spent()
    _busy(shop, 40, each=10)
    shop.finish()

    assert shop.outcome(credential, without).money == "void"
    assert sum(method == "getTransaction" for method, _ in shop.node.asked) == 40


def test_a_search_ends() -> None:
    def endless(method: str, parameters: list[Any], result: Any) -> Any:
        if method != "getSignaturesForAddress":
            return result
        count = len([asked for asked, _ in shop.node.asked if asked == method])
        names = [str(Keypair().sign_message(b"")) for _ in range(5)]
        slot = shop.chain.slot - count
        return [{"signature": name, "slot": slot, "err": None, "blockTime": None} for name in names]

    shop, credential = _spent()
    shop.chain.mine(LIFE + 32 + 1000)

    found = shop.outcome(credential, endless)

    assert found.money == "not known"
    assert len(shop.node.asked) < MAX_TRANSACTIONS


def test_a_node_that_has_forgotten_proves_nothing() -> None:
    shop, credential = _spent()
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

    shop, credential = _spent()
    shop.chain.mine(LIFE + 33)

    assert shop.outcome(credential, without).money == "not known"


def test_a_crowd_of_nodes_answers_from_one_moment() -> None:
    """The history is asked of a node that has come as far as the one that told the height."""
    shop, credential = _spent()
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
    shop, credential = _spent()
    _busy(shop, 1)
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
    shop, credential = _spent()
    shop.chain.mine(LIFE + 33)

    assert shop.outcome(credential, _changed(method, result)).money == "not known"


def test_another_transaction_under_our_transactions_name_proves_nothing() -> None:
    shop, credential = _spent()
    _busy(shop, 1)
    other = base64.b64encode(shop.chain.landed[-1].raw).decode()
    shop.land(credential)
    shop.chain.mine(LIFE + 33)

    found = shop.outcome(credential, _transaction(transaction=[other, "base64"]))

    assert found.money == "not known"


def test_our_signature_under_another_message_proves_nothing() -> None:
    """A node could show any transaction of its own with our signature put in it."""
    shop, credential = _spent()
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

    shop, credential = _spent()
    _busy(shop, 1)
    shop.chain.mine(LIFE + 33)

    found = shop.outcome(credential, fail)

    assert found.money == "not known"
    assert "does not answer" in found.reason


def test_foreign_evidence_proves_nothing() -> None:
    shop, credential = _spent()
    row = shop.row(credential)
    kept = dict(row.evidence)
    foreign = [
        replace(row, evidence={}),
        replace(row, evidence={**kept, "network": "solana:4uhcVJyU9pJkvQyS88uRDiswHXSCkY3z"}),
        replace(row, evidence={**kept, "payer": None}),
        replace(row, evidence={**kept, "source": "abc"}),
        replace(row, evidence={**kept, "expiresAt": True}),
        replace(row, evidence={**kept, "bound": {"firstSlot": 1}}),
        replace(row, evidence={**kept, "bound": {"firstSlot": "1", "lastHeight": 2}}),
        replace(row, evidence={**kept, "bound": {"firstSlot": -1, "lastHeight": 2}}),
        replace(row, evidence={**kept, "bound": [1, 2]}),
        replace(row, nonce=""),
        replace(row, nonce="0x" + "00" * 32),
    ]
    for other in foreign:
        assert returned(shop.paying.outcome(other)).money == "not known"


def test_the_same_conversation_is_the_same_bytes() -> None:
    shop, credential = _spent()
    shop.land(credential)
    shop.finish()

    first, asked = shop.outcome(credential), shop.node.asked
    assert (shop.outcome(credential), shop.node.asked) == (first, asked)


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
