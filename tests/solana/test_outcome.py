"""What a node's answers prove of a payment (`money.md`, section 4), and all that proves nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from solders.keypair import Keypair

from coinslot_solana.outcome import MAX_TRANSACTIONS
from tests.solana.chain import FUNDS, Shop
from tests.solana.parts import NODE, NOW, PAYEE, driven, payer, returned
from tests.solana.spent import LIFE, busy, spent


def test_landed_is_settled_with_its_transaction() -> None:
    shop, credential = spent()
    landed = shop.land(credential)
    shop.finish()

    found = shop.outcome(credential)

    assert (found.money, found.transaction) == ("settled", landed.signature)
    assert f"slot {landed.slot}" in found.reason


def test_landed_in_the_last_possible_block_is_settled() -> None:
    shop, credential = spent()
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
    shop, credential = spent()
    shop.chain.mine(LIFE + 1 + 32)

    found = shop.outcome(credential)

    assert (found.money, found.transaction) == ("void", None)
    assert "never landed" in found.reason


def test_the_block_of_expiry_itself_proves_nothing() -> None:
    shop, credential = spent()
    shop.chain.mine(LIFE + 32)

    found = shop.outcome(credential)

    assert found.money == "not known"
    assert "still open" in found.reason


def test_slots_without_blocks_do_not_count() -> None:
    shop, credential = spent()
    shop.chain.mine(LIFE - 10, skipped=5_000)
    shop.chain.mine(32, skipped=5_000)

    assert shop.outcome(credential).money == "not known"


def test_what_is_not_final_proves_nothing() -> None:
    shop, credential = spent()
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
    shop, credential = spent()
    late = payer({"COINSLOT_SOLANA_RPC": NODE}, now=NOW + 10**6)

    assert driven(late.outcome(shop.row(credential)), shop.node).money == "not known"


def test_without_a_node_nothing_is_known_and_nothing_is_asked() -> None:
    shop, credential = spent()

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
    shop, credential = spent()
    busy(shop, 5)
    shop.chain.mine(LIFE + 32)

    found = shop.outcome(credential)

    assert found.money == "void"
    assert sum(method == "getTransaction" for method, _ in shop.node.asked) == 5


@pytest.mark.parametrize("page", [1, 2, 3, 7])
def test_ours_is_found_among_others_page_by_page(page: int) -> None:
    def pages(method: str, parameters: list[Any], result: Any) -> Any:
        return result[:page] if method == "getSignaturesForAddress" else result

    shop, credential = spent()
    busy(shop, 3)
    landed = shop.land(credential)
    busy(shop, 4)
    shop.finish()

    assert shop.outcome(credential, pages).transaction == landed.signature


def test_what_a_busy_wallet_did_after_the_bound_is_not_read() -> None:
    shop, credential = spent()
    busy(shop, 10)
    shop.chain.mine(LIFE)
    busy(shop, 60)
    shop.finish()

    assert shop.outcome(credential).money == "void"
    assert sum(method == "getTransaction" for method, _ in shop.node.asked) <= 32


def test_a_node_without_blocks_is_asked_for_all_transactions() -> None:
    def without(method: str, parameters: list[Any], result: Any) -> Any:
        return {"code": -32601, "message": "Method not found"} if method == "getBlock" else result

    shop, credential = spent()
    busy(shop, 40, each=10)
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

    shop, credential = spent()
    shop.chain.mine(LIFE + 32 + 1000)

    found = shop.outcome(credential, endless)

    assert found.money == "not known"
    assert len(shop.node.asked) < MAX_TRANSACTIONS


def test_foreign_evidence_proves_nothing() -> None:
    shop, credential = spent()
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
    shop, credential = spent()
    shop.land(credential)
    shop.finish()

    first, asked = shop.outcome(credential), shop.node.asked
    assert (shop.outcome(credential), shop.node.asked) == (first, asked)
