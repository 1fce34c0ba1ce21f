"""Offers that are paid, and a credential with other bytes in it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import strategies as st

from coinslot.backend import Credential
from coinslot_tempo.networks import TOKEN_PREFIX
from tests.tempo.parts import offer, payer

PAYING = payer()
OFFER = offer()
SPONSORED = offer(details={"feePayer": True})
BOTH = pytest.mark.parametrize("asked", [OFFER, SPONSORED], ids=["plain", "sponsored"])
ADDRESSES = st.binary(min_size=20, max_size=20).filter(
    lambda raw: any(raw) and not raw.startswith(TOKEN_PREFIX)
)


def having(credential: Credential, sent: bytes) -> Credential:
    return replace(credential, payload={"type": "transaction", "signature": "0x" + sent.hex()})
