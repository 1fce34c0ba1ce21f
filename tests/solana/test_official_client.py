"""The official client and ours, asked for the same payment, write the same bytes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from solders.keypair import Keypair
from solders.pubkey import Pubkey
from x402.mechanisms.svm.exact import client as official
from x402.mechanisms.svm.signers import KeypairSigner
from x402.schemas import PaymentRequirements

from coinslot.backend import Setting
from coinslot_solana import base58
from coinslot_solana.addresses import TOKEN_2022_PROGRAM, TOKEN_PROGRAM
from coinslot_solana.backend import backend
from coinslot_solana.memo import USUAL_UNITS, units_for
from tests.solana.parts import MAINNET, USDC, offer, signed, surroundings

seeds = st.binary(min_size=32, max_size=32)
keys = seeds.map(lambda seed: str(Keypair.from_seed(seed).pubkey()))


class Rpc:
    """What the official client asks of a node: who owns the mint, and its decimals."""

    def __init__(self, program: str, decimals: int) -> None:
        self._mint = SimpleNamespace(owner=Pubkey.from_string(program), data=bytes(44) + bytes([decimals, 1]))

    def get_account_info(self, mint: Pubkey) -> Any:
        return SimpleNamespace(value=self._mint)


@given(
    seed=seeds,
    payee=keys,
    fee_payer=keys,
    blockhash=seeds.filter(any).map(base58.encode),
    amount=st.integers(1, 2**64 - 1),
    memo=st.none()
    | st.text(max_size=40).filter(lambda text: units_for(text.encode(errors="replace")) == USUAL_UNITS),
    chance=st.binary(min_size=16, max_size=16),
    declared=st.none() | st.tuples(keys, st.integers(0, 18)),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_same_bytes(
    *,
    monkeypatch: pytest.MonkeyPatch,
    seed: bytes,
    payee: str,
    fee_payer: str,
    blockhash: str,
    amount: int,
    memo: str | None,
    chance: bytes,
    declared: tuple[str, int] | None,
) -> None:
    mint, decimals = declared or (USDC, 6)
    extra = {"feePayer": fee_payer, "recentBlockhash": blockhash, **({} if memo is None else {"memo": memo})}
    asked = offer(amount=str(amount), payTo=payee, asset=mint, extra=extra)
    environ = {"COINSLOT_SOLANA_KEY": f"test:{seed.hex()}"}
    if declared:
        environ["COINSLOT_SOLANA_TOKENS"] = f"{MAINNET}:{mint}:T22:{decimals}:token-2022"
    ours = backend(Setting(environ, surroundings(chance=chance)))
    if ours.refuses(asked):
        return
    theirs = official.ExactSvmScheme(KeypairSigner(Keypair.from_seed(seed)))
    program = TOKEN_2022_PROGRAM if declared else TOKEN_PROGRAM
    monkeypatch.setattr(theirs, "_get_client", lambda network: Rpc(program, decimals))
    monkeypatch.setattr(official, "os", SimpleNamespace(urandom=lambda count: chance[:count]))

    expected = theirs.create_payment_payload(PaymentRequirements.model_validate(dict(asked.raw)))

    assert signed(ours, asked).payload == expected
