"""A payment that was signed, and a chain on which others pay too."""

from __future__ import annotations

from coinslot.backend import Credential
from tests.solana.chain import Shop

LIFE = 150


def spent() -> tuple[Shop, Credential]:
    """A payment that was signed and never sent, at the chain's height 902."""
    shop = Shop()
    return shop, shop.sign()


def busy(shop: Shop, payments: int, *, each: int = 1) -> None:
    """Let the wallet pay for other things meanwhile."""
    for _ in range(payments):
        shop.land(shop.sign(shop.offer(amount="1")))
        shop.chain.mine(each)
