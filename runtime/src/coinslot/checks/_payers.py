"""Backends, their keys, their nodes and what their wallets hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from coinslot.backend import Setting
from coinslot.backends import HOW_TO_INSTALL, first_party
from coinslot.checks._finding import Finding, State
from coinslot.commands._balance import held
from coinslot.commands._wallet_names import MAIN
from coinslot.errors import ConfigurationError
from coinslot.keys import read_private_file
from coinslot.node import NodeFailed
from coinslot.origin import is_local
from coinslot.wallets import keystore
from coinslot.wallets.opening import open_wallet
from coinslot.wallets.payers import Payer, key_setting, payers
from coinslot.wallets.store import KEYSTORE, Wallets

if TYPE_CHECKING:
    from coinslot.wallets.family import KeyFamily, Watch

MAKE = "coinslot wallet new"


def check_payers(setting: Setting, origin: str | None) -> Iterator[Finding]:
    """Look at every installed backend, for paid calls to `origin` if one is named."""
    if not first_party():
        yield Finding("wrong", "backends", "none is installed", HOW_TO_INSTALL)
        return
    try:
        found = payers(setting)
    except ConfigurationError as error:
        yield Finding("wrong", "backends", str(error), "reinstall it")
        return
    able = [each for each in found if isinstance(each, Payer)]
    fitting = [each for each in able if origin is None or each.test is is_local(origin)]
    test = " --test" if origin is not None and is_local(origin) else ""
    broken: set[tuple[str, str]] = set()
    for each in found:
        if isinstance(each, Payer):
            yield _kind(each, "right" if each in fitting else "note")
        elif each.missing:
            yield Finding("note", each.backend, each.reason, f"{MAKE} {each.family.name}{test}")
        else:
            # Backends that share a key lack it for one reason, which is mended once.
            reason = (each.family.name, each.reason)
            yield Finding(
                "note" if reason in broken else "wrong", each.backend, each.reason, "mend the setting"
            )
            broken.add(reason)
    if not fitting and not broken:
        kinds = {each.family.name: each.family for each in found}.values()
        wanted = None if origin is None else is_local(origin)
        todo = " or ".join(_had_by(kind, setting, test=wanted) for kind in kinds)
        told = f"none that is here signs for {origin}" if able else "nothing here can pay yet"
        # One wallet that fits is enough, so what is missing is one thing, however many backends there are.
        yield Finding("wrong", "keys", told, f"one is enough: {todo}")
    for each in {each.source: each for each in able}.values():
        yield from _opens(each, setting)
    yield from _funds(able)


def _had_by(family: KeyFamily, setting: Setting, *, test: bool | None) -> str:
    """Say by which commands a wallet of this family pays, a test wallet or not; None: either will do."""
    wallets = Wallets.of(setting.environ)
    there = [] if wallets is None else [each for each in wallets.all() if each.family == family.name]
    steps = [f"unset {name}" for name in (key_setting(family, setting.environ),) if name]
    fits = next((each.title for each in there if test in {None, each.test}), None)
    if fits is None:
        taken = any(each.name == MAIN for each in there)
        fits = f"{family.name}{('/test' if test else '/live') if taken else ''}"
        steps.append(f"{MAKE} {fits}{' --test' if test else ''}")
    if there:
        steps.append(f"coinslot wallet use {fits}")
    return ", then ".join(steps)


def _kind(payer: Payer, state: State) -> Finding:
    kind, other = ("test", "live") if payer.test else ("live", "test")
    told = f"{kind} key of {payer.address}, by {payer.source}"
    if state == "right":
        return Finding(state, payer.backend, told)
    side = "this machine and private networks" if payer.test else "public origins over https"
    return Finding(
        state, payer.backend, f"{told}, which signs only for {side}", f"use a {other} wallet for it"
    )


def _opens(payer: Payer, setting: Setting) -> Iterator[Finding]:
    wallet, family = payer.wallet, payer.family
    wallets = Wallets.of(setting.environ)
    if wallet is None or wallets is None:
        return
    subject = f"wallet {wallet.title}"
    try:
        if wallet.kept == KEYSTORE and not setting.environ.get(family.password_variable):
            keystore.installed()
            read_private_file(str(wallets.keystore(wallet.family, wallet.name)), subject)
            todo = f"for programs without a terminal set {family.password_variable}"
            yield Finding("note", subject, "it will ask for its passphrase", todo)
        else:
            open_wallet(wallets, wallet, family, setting.environ)
            yield Finding("right", subject, "it opens, and its secret is that of its address")
    except ConfigurationError as error:
        yield Finding("wrong", subject, str(error), "restore it from its backup, or mend the setting")
    if wallet.backup is None and not wallet.test:
        todo = f"coinslot wallet backup {wallet.title} FILE"
        yield Finding("note", subject, "no backup of it was ever opened", todo)


def _funds(able: Sequence[Payer]) -> Iterator[Finding]:
    """Look at nodes and balances; wrong where every node answers, and nothing is there to pay with."""
    empty: list[bool | None] = []
    for payer in able:
        for watch in payer.watches:
            if payer.test and watch.ask is None:
                continue  # play money is counted by whoever plays
            finding, holds_nothing = _holds(payer, watch)
            empty.append(holds_nothing)
            yield finding
    if empty and all(empty):
        yield Finding("wrong", "funds", "no wallet holds anything to pay with", "coinslot wallet show")


def _holds(payer: Payer, watch: Watch) -> tuple[Finding, bool | None]:
    """Look at one network; says too whether nothing is there, None where that is not known."""
    subject = f"{payer.backend} on {watch.title}"
    if watch.ask is None:
        told = "no node is configured: a payment whose answer is lost stays unknown, and so does the balance"
        todo = f"set {watch.node_variable} to the address of your own node"
        return Finding("note", subject, told, todo), None
    try:
        holdings = held(watch, payer.address)
    except NodeFailed as error:
        return Finding("wrong", subject, str(error), f"see what {watch.node_variable} names"), None
    shown = [f"{format(asset.dollars(units), 'f')} {asset.symbol}" for asset, units in holdings.items()]
    told = f"its node answers; the wallet holds {', '.join(shown)}"
    if any(holdings.values()):
        return Finding("right", subject, told), False
    symbols = " or ".join(asset.symbol for asset in watch.assets)
    todo = f"send {symbols} to {payer.address}"
    if payer.test:
        todo = "fund it where its node is played with; it is a test key: send it no real money"
    return Finding("note", subject, told, todo), True
