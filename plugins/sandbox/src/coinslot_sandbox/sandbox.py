"""The sandbox: a document turned into a server that takes play money."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from coinslot_codegen.document import read
from coinslot_codegen.document.job_rules import JobRule, load_rules
from coinslot_codegen.document.model import Api
from coinslot_sandbox.answers import Answers
from coinslot_sandbox.app import App
from coinslot_sandbox.cashier import Cashier, Payment
from coinslot_sandbox.counter import Money, Network, counter
from coinslot_sandbox.exchange import Exchange, Interference, Moment
from coinslot_sandbox.faults import Faults
from coinslot_sandbox.jobs.desk import Desk
from coinslot_sandbox.jobs.store import Job, Jobs, Pace
from coinslot_sandbox.keys import Keys
from coinslot_sandbox.media.shelf import Shelf
from coinslot_sandbox.names import Names
from coinslot_sandbox.options import Options
from coinslot_sandbox.payment.till import Coin
from coinslot_sandbox.pricing import Pricing
from coinslot_sandbox.schema.dialect import Dialect
from coinslot_sandbox.signin import Doorman
from coinslot_sandbox.uploads import Uploads
from coinslot_sandbox.wallets import Wallet, fresh_key, open_wallet

if TYPE_CHECKING:
    from coinslot_sandbox.server import Server


@lru_cache(maxsize=8)
def _read(document: bytes, rules: tuple[JobRule, ...] = ()) -> Api:
    # What a generator must refuse, a server can often still serve.
    return read(document, job_rules=lambda *_: rules, allow_unsupported=True)


class Sandbox:
    """Serves one document: `app` is the ASGI application, `serve()` runs it on this machine.

    Options are given as `Options`, as keywords, or both: `Sandbox(document, time_scale=0)`.
    Raises DocumentProblem where nothing can be read of the document, or of the rules in `jobs`.
    """

    def __init__(self, document: bytes | Api, options: Options | None = None, **changes: Any) -> None:
        self.options = options = replace(options or Options(), **changes)
        if options.jobs is not None:
            source = document if isinstance(document, bytes) else document.source
            self.api = _read(source, load_rules(options.jobs))
        else:
            self.api = _read(document) if isinstance(document, bytes) else document
        names = Names(options.entropy)
        dialect = Dialect(self.api.document)
        answers = Answers(dialect)
        self._counter = counter(options, names)
        self.faults = Faults(options.faults)
        """What goes wrong; `add` and `clear` work while the sandbox runs, `happened` tells what went off."""
        interfere = _one_after_the_other(self.faults.interfere, options.interfere)
        self._payments: list[Payment] = []
        pace = Pace(options.time_scale, options.polls, options.fail_marker, options.failing)
        self._jobs = Jobs(options.clock, names, pace)
        shelf = Shelf(self._jobs, options.clock, names.key(), options.url_lifetime)
        upload = self.api.upload
        chains = [money.asset.network for money in self._counter.money.values()]
        self.app = App(
            api=self.api,
            options=options,
            interfere=interfere,
            dialect=dialect,
            answers=answers,
            cashier=Cashier(
                api=self.api,
                tills=self._counter.tills,
                tempo=self._counter.tempo,
                pricing=Pricing(dialect, options.default_price),
                interfere=interfere,
                version=options.x402_version,
                other_offers=options.other_offers,
                payments=self._payments,
            ),
            doorman=Doorman(chains, options.clock, names, bare_host=options.bare_sign_in_host),
            keys=Keys(self.api, options.credentials),
            desk=Desk(self._jobs, answers, shelf.result, page_size=options.page_size),
            shelf=shelf,
            uploads=Uploads(upload, answers, options.clock, names) if upload else None,
            nodes=self._counter.nodes,
        )
        keys = options.keys or [fresh_key(names) for _ in range(options.wallets)]
        self.wallets: list[Wallet] = [
            open_wallet(key, Decimal(options.wallet_dollars), self._counter.money) for key in keys
        ]

    @property
    def asset(self) -> Coin:
        """The token that is taken on the first network."""
        return next(iter(self._counter.money.values())).asset

    @property
    def payments(self) -> tuple[Payment, ...]:
        """All payments that were settled, the oldest first."""
        return tuple(self._payments)

    @property
    def jobs(self) -> tuple[Job, ...]:
        """All jobs that were not deleted, the oldest first."""
        return tuple(self._jobs)

    def balance(self, address: str, network: Network | None = None) -> int:
        """Return what an address holds on a network (None: the first), in atomic units."""
        return self._money(network).purse.balance(address)

    def fund(self, address: str, dollars: str, network: Network | None = None) -> None:
        """Give an address play money on a network (None: the first)."""
        money = self._money(network)
        money.purse.mint(address, int(Decimal(dollars) * 10**money.asset.decimals))

    def _money(self, network: Network | None) -> Money:
        return self._counter.money[network or self.options.networks[0]]

    @contextmanager
    def serve(self, host: str = "127.0.0.1", port: int = 0) -> Iterator[Server]:
        """Run the sandbox in a thread of this process; port 0 takes a free one."""
        from coinslot_sandbox.server import running

        with running(self, host, port) as server:
            yield server


def _one_after_the_other(first: Interference, second: Interference) -> Interference:
    async def both(moment: Moment, exchange: Exchange) -> None:
        await first(moment, exchange)
        await second(moment, exchange)

    return both
