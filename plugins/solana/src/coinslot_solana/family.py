"""What a wallet needs to know of Solana: its kind of key, and the networks that are paid on."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from coinslot.backend import Setting
from coinslot.keys import Key
from coinslot.wallets.family import KeyFamily, Watch
from coinslot_solana.holdings import holdings, tokens_of
from coinslot_solana.settings import KEYFILE, known_tokens, node_addresses, paid_networks, parse_key
from coinslot_solana.wallet import Wallet, seed_of


class SolanaFamily(KeyFamily):
    """ed25519 keys. What is kept of one is its seed of 32 bytes."""

    name = "solana"
    title = "ed25519, for Solana"
    prefix = "COINSLOT_SOLANA"
    forms = "base58 as wallets export it, the list of numbers of a key file (id.json), or 64 hex digits"
    file_variable = KEYFILE
    keystore_label = "ed25519 seed"

    def parse(self, text: str) -> bytes | None:
        """Read base58, 64 hexadecimal digits or a JSON list; None also where the two halves do not fit."""
        key = parse_key(text)
        return None if key is None else seed_of(Key(key, test=True))

    def address(self, secret: bytes) -> str:
        """Return the public key in base58."""
        return Wallet(Key(secret, test=True)).address

    def published(self, secret: bytes) -> bool:
        """Whether it repeats one byte, as published examples do."""
        return Wallet(Key(secret, test=False)).test

    def watches(self, setting: Setting, *, test: bool) -> Sequence[Watch]:
        """Return the networks that are paid on."""
        nodes, known = node_addresses(setting), known_tokens(setting)
        watches = []
        for network in paid_networks(setting, test=test):
            tokens, ask = tokens_of(network, known), None
            if network.id in nodes:
                ask = partial(holdings, network=network, tokens=tokens, node_address=nodes[network.id])
            assets = tuple(token.asset for token in tokens)
            watches.append(Watch(network.title, network.node_variable, assets, ask))
        return tuple(watches)


FAMILY = SolanaFamily()
