"""`coinslot wallet balance`, asked of a real node, without opening a wallet."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from eth_account import Account

from coinslot.keys import Key
from coinslot.wallets.family import load_families
from coinslot.wallets.making import keep_in_file
from coinslot.wallets.store import Wallets
from tests.wallet.conftest import PASSPHRASE, Run

if TYPE_CHECKING:
    from coinslot_sandbox.chain import LocalChain

FIRST, SECOND = "c0ffee" + "5a" * 29, "c0ffee" + "6b" * 29


@pytest.fixture(autouse=True)
def _two_wallets(home: Path) -> None:
    for name, secret in (("main", FIRST), ("second", SECOND)):
        key = Key(bytes.fromhex(secret), test=False)
        keep_in_file(
            *(Wallets(home / "wallets"), load_families()["base"], name, key),
            passphrase=PASSPHRASE.encode(),
            today=date(2026, 1, 2),
        )


@pytest.mark.chain
@pytest.mark.loopback
@pytest.mark.filterwarnings("ignore:websockets.legacy is deprecated:DeprecationWarning")
def test_what_wallets_hold_and_what_the_doctor_says_of_it(
    run: Run, evm_chain: LocalChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (str(Account.from_key(secret).address) for secret in (FIRST, SECOND))
    evm_chain.mint(first, 12_340_000)
    monkeypatch.setenv("COINSLOT_BASE_RPC", evm_chain.rpc_url)
    monkeypatch.setenv("COINSLOT_TEMPO_RPC", evm_chain.rpc_url)

    told = [json.loads(line) for line in run("wallet", "balance", "--json").output.splitlines()]
    held = {(row["backend"], row.get("amount")) for row in told if row.get("address") == first}
    assert ("base", "12.340000") in held
    assert [row["problem"] for row in told if row["backend"] == "tempo"] == [
        "the node serves chain 8453, not 4217"
    ]
    assert "Base: 12.340000 USDC" in run("wallet", "balance", "evm").output
    other = run("wallet", "balance", "evm/second").output
    assert second in other
    assert "Base: 0.000000 USDC" in other

    looked = run("doctor").output
    assert "the wallet holds 12.340000 USDC" in looked
    assert "WRONG  tempo on Tempo: the node serves chain 8453" in looked
    monkeypatch.delenv("COINSLOT_TEMPO_RPC")
    monkeypatch.setenv("COINSLOT_EVM_WALLET", "second")
    assert f"send USDC to {second}" in run("doctor").output
    monkeypatch.setenv("COINSLOT_EVM_KEY", "test:" + "44" * 32)
    looked = run("doctor").output
    assert "send it no real money" in looked
    assert "send USDC to" not in looked


def test_without_a_node_it_says_what_to_set(run: Run) -> None:
    assert "set COINSLOT_BASE_RPC to your own Base node" in run("wallet", "balance", "evm").output


def test_a_key_of_the_environment_is_the_one_that_is_watched(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COINSLOT_EVM_KEY", "test:" + "44" * 32)
    assert str(Account.from_key("44" * 32).address) in run("wallet", "balance", "evm").output
    assert str(Account.from_key(FIRST).address) in run("wallet", "balance", "evm/main").output


def test_a_backend_without_wallet_says_so(run: Run) -> None:
    assert "solana: no wallet: coinslot wallet new" in run("wallet", "balance", "solana").output
