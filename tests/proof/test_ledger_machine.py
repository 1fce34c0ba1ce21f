"""Whatever a server, a chain, a clock and a crash do in whatever order: money moves once for each answer.

And never above cap or budget, and only to whom the policy allows, however the server's terms change.

Hypothesis writes the stories. The world here knows what really settled, which no client ever sees; the
ledger and the flows are the real ones.
"""

from __future__ import annotations

import base64
import json
import tempfile
from collections import Counter
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from coinslot import PriceRange, Route
from coinslot.attempt import MONEY_MOVES
from coinslot.backend import Draft, Outcome, Spent, Surroundings
from coinslot.effects import Flow
from coinslot.errors import CoinslotError
from coinslot.ledger import Payee, SqliteLedger
from coinslot.offer import Offer
from coinslot.policy import Policy
from coinslot.transport import CallTerms, PaymentTransport
from tests.payments.conftest import NOW, ORIGIN, Clock
from tests.threats.coin import COIN, PAYEE, CoinBackend, _coded, challenge, receipt

ROUTE: Route[Any, Any] = Route("POST", "/api/draw", access="paid", price=PriceRange("0.13", "0.24"))
BUDGET = Decimal("1.00")
SESSION_BUDGET = Decimal("0.75")
CAP = Decimal("0.245")
"""The printed price, and half a unit of its last digit."""
ASKED = (134_000, 134_000, 240_000, 245_000, 245_001, 5_000_000, 1)
"""Atomic units; a server may ask for anything."""
STRANGER = "coin-stranger"
NAMED: tuple[tuple[str, ...] | Literal["dynamic"] | None, ...] = ("dynamic", (PAYEE,), None)
"""Whom the user's policy names: anybody, the seller, or nobody, so that the first one stays."""
SETTLES = ("answer", "no receipt", "lost", "500", "402", "cut", "ctrl-c", "killed")
FAILS = ("lost", "500", "402", "400", "409", "redirect", "ctrl-c", "killed")


class Killed(BaseException):
    """The process ends here: whatever comes after it is not written."""


@dataclass
class Chain(CoinBackend):
    """A payment method whose chain the test keeps."""

    clock: Clock = field(default_factory=Clock)
    settled: set[str] = field(default_factory=set)
    expiry: dict[str, int] = field(default_factory=dict)
    node: bool = True

    def prepare(self, offer: Offer) -> Flow[Draft]:
        draft = yield from super().prepare(offer)
        expires_at = int(self.clock.now()) + 300
        self.expiry[draft.fields["nonce"]] = expires_at
        return replace(draft, expires_at=expires_at)

    def settle(self, nonce: str) -> bool:
        """Move the money, once, while the credential is valid."""
        if nonce in self.settled or self.clock.now() >= self.expiry[nonce]:
            return False
        self.settled.add(nonce)
        return True

    def outcome(self, attempt: Spent) -> Flow[Outcome]:
        yield from ()
        if not self.node:
            return Outcome("not known", "no node is configured")
        if attempt.nonce in self.settled:
            return Outcome("settled", "it is on the chain", "coin-transaction")
        if self.clock.now() >= attempt.terms.expires_at:
            return Outcome("void", "it has expired unused")
        return Outcome("not known", "it may still settle")


class MortalLedger(SqliteLedger):
    """Writes nothing any more once its process was killed."""

    dead = False

    def conclude(self, *arguments: Any, **named: Any) -> Any:
        if self.dead:
            raise Killed
        return super().conclude(*arguments, **named)


class Story(RuleBasedStateMachine):
    """Calls of a few prompts, and all that may happen to them."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = Clock(NOW)
        self.chain = Chain(clock=self.clock)
        self.ends: list[tuple[bool, str]] = []
        self.asked: dict[str, str] = {}
        self.answered: Counter[str] = Counter()
        self.history: dict[str, str] = {}
        self.challenges = 0
        self.amount, self.payee = ASKED[0], PAYEE
        self.named: tuple[str, ...] | Literal["dynamic"] | None = "dynamic"
        self.trusted: set[str] = set()
        self.terms: dict[str, tuple[int, str]] = {}
        self.sessions: dict[str, int] = {}
        self.session = 0
        self.start()

    def teardown(self) -> None:
        self.client.close()
        self.folder.cleanup()

    def start(self) -> None:
        self.session += 1
        payees: dict[str, Any] = {} if self.named is None else {ORIGIN: self.named}
        self.ledger = MortalLedger(Path(self.folder.name) / "ledger.sqlite3", now=self.clock.now)
        self.transport = PaymentTransport(
            httpx.MockTransport(self.serve),
            pay_with=[self.chain],
            policy=Policy(daily_budget=BUDGET, session_budget=SESSION_BUDGET, payees=payees),
            ledger=self.ledger,
            environ={},
            surroundings=Surroundings(now=self.clock.now, sleep=self.clock.sleep),
        )
        self.client = httpx.Client(transport=self.transport)

    def serve(self, request: httpx.Request) -> httpx.Response:
        if "Authorization" not in request.headers:
            self.challenges += 1
            return httpx.Response(402, headers={"WWW-Authenticate": self.ask(f"c-{self.challenges}")})
        coded = request.headers["Authorization"].removeprefix("Payment ")
        signed = json.loads(base64.urlsafe_b64decode(coded + "=="))["payload"]
        nonce = signed["nonce"]
        self.terms[nonce] = signed["amount"], signed["payee"]
        self.sessions.setdefault(nonce, self.session)
        self.asked.setdefault(nonce, json.loads(request.content)["prompt"])
        settles, end = self.ends.pop(0) if self.ends else (True, "answer")
        if settles and not self.chain.settle(nonce):
            return httpx.Response(403, json={"error": "the nonce was already used"})
        return self.end(end, settled=settles)

    def ask(self, name: str) -> str:
        request = {"amount": str(self.amount), "currency": "coin", "recipient": self.payee}
        return challenge(id=name, request=_coded(request))

    def end(self, end: str, *, settled: bool) -> httpx.Response:
        if end == "killed":
            self.ledger.dead = True
            raise Killed
        if end == "ctrl-c":
            raise KeyboardInterrupt
        if end == "lost":
            message = "as told"
            raise httpx.ReadTimeout(message)
        if end == "redirect":
            return httpx.Response(307, headers={"Location": "/elsewhere"})
        if end.isdigit():
            headers = {"WWW-Authenticate": self.ask("rotated")} if end == "402" else {}
            return httpx.Response(int(end), json={"error": "as told"}, headers=headers)
        if end == "cut":
            return httpx.Response(200, content=_cut(), headers={"Payment-Receipt": receipt()})
        told = {"Payment-Receipt": receipt()} if end == "answer" and settled else {}
        return httpx.Response(200, json={"made": True}, headers=told)

    @initialize(node=st.booleans(), named=st.sampled_from(NAMED))
    def configure(self, *, node: bool, named: tuple[str, ...] | Literal["dynamic"] | None) -> None:
        self.chain.node, self.named = node, named
        self.restart()

    @rule(amount=st.sampled_from(ASKED), payee=st.sampled_from([PAYEE, PAYEE, STRANGER]))
    def the_server_asks_for_something_else(self, amount: int, payee: str) -> None:
        self.amount, self.payee = amount, payee

    @rule()
    def a_person_trusts_the_stranger(self) -> None:
        self.ledger.trust(Payee(ORIGIN, COIN.network, COIN.address, STRANGER))
        self.trusted.add(STRANGER)

    @rule()
    def a_person_looks_on_the_chain(self) -> None:
        for attempt in self.ledger.attempts():
            over = self.clock.now() >= attempt.terms.expires_at
            if attempt.money in {"refused", "unknown"} and (attempt.nonce in self.chain.settled or over):
                money: Any = "settled" if attempt.nonce in self.chain.settled else "void"
                self.ledger.resolve(attempt.id, money, "seen on the chain")

    @rule()
    def what_has_ended_is_purged(self) -> None:
        self.ledger.purge()

    @rule(
        prompt=st.sampled_from("abc"),
        ends=st.lists(
            st.sampled_from([*((True, end) for end in SETTLES), *((False, end) for end in FAILS)]),
            max_size=5,
        ),
        keyed=st.booleans(),
    )
    def call(self, prompt: str, ends: list[tuple[bool, str]], *, keyed: bool) -> None:
        self.ends = list(ends)
        name = f"{prompt}-keyed" if keyed else prompt
        terms = CallTerms(route=ROUTE, idempotency_key=f"order-{prompt}" if keyed else None)
        before = len(self.chain.signed)
        try:
            response = self.client.post(
                f"{ORIGIN}/api/draw", json={"prompt": name}, extensions={"coinslot": terms}
            )
        except CoinslotError:
            pass
        except (Killed, KeyboardInterrupt):
            self.client.close()
            self.start()
        else:
            assert response.status_code == 200
            # The same key gives the same answer again, and no payment.
            self.answered[name] = 1 if keyed else self.answered[name] + 1
        assert len(self.chain.signed) <= before + 1

    @rule()
    def recover(self) -> None:
        before = len(self.chain.signed)
        self.ends = []
        for attempt in self.transport.recover():
            if attempt.delivery == "finished" and attempt.id not in self.history:
                self.history[attempt.id] = "brought home"
        assert len(self.chain.signed) == before

    @rule(which=st.integers(0, 9))
    def a_facilitator_settles_late(self, which: int) -> None:
        if self.asked:
            self.chain.settle(sorted(self.asked)[which % len(self.asked)])

    @rule(seconds=st.sampled_from([1, 100, 301, 2_000]))
    def time_passes(self, seconds: int) -> None:
        self.clock.time += seconds

    @rule()
    def restart(self) -> None:
        self.client.close()
        self.start()

    @invariant()
    def money_moves_once_for_each_answer(self) -> None:
        paid = Counter(self.asked[nonce] for nonce in self.chain.settled)
        home = Counter(
            self.asked[attempt.nonce]
            for attempt in self.ledger.attempts()
            if attempt.delivery != "none" and attempt.nonce in self.asked
        )
        for prompt, count in paid.items():
            assert count <= home[prompt] + 1, prompt

    @invariant()
    def the_ledger_knows_nothing_that_is_not_so(self) -> None:
        for attempt in self.ledger.attempts():
            assert attempt.money in MONEY_MOVES
            if attempt.money == "void":
                assert attempt.nonce not in self.chain.settled
                assert self.clock.now() >= attempt.terms.expires_at
            if attempt.money == "settled":
                assert attempt.nonce in self.chain.settled
            if attempt.money in {"planned", "abandoned"}:
                assert attempt.nonce not in self.asked

    @invariant()
    def the_budget_holds(self) -> None:
        spent = {nonce: Decimal(self.terms[nonce][0]) / 10**6 for nonce in self.chain.settled}
        assert sum(spent.values()) <= BUDGET
        assert all(price <= CAP for price in spent.values())
        for session in range(1, self.session + 1):
            assert sum(spent[nonce] for nonce in spent if self.sessions[nonce] == session) <= SESSION_BUDGET
        assert sum(attempt.reserved for attempt in self.ledger.attempts()) <= BUDGET

    @invariant()
    def only_those_are_paid_whom_the_policy_allows(self) -> None:
        paid = {self.terms[nonce][1] for nonce in self.terms}
        if self.named is None:
            assert len(paid - self.trusted) <= 1
        elif self.named != "dynamic":
            assert paid <= {*self.named, *self.trusted}

    @invariant()
    def a_call_has_one_open_credential(self) -> None:
        held = Counter(
            attempt.call.fingerprint
            for attempt in self.ledger.attempts()
            if attempt.delivery == "none" and attempt.reserved
        )
        assert all(count == 1 for count in held.values())


def _cut() -> Any:
    yield b'{"made"'
    message = "as told"
    raise httpx.RemoteProtocolError(message)


def test_money_moves_once_for_each_answer() -> None:
    run_state_machine_as_test(Story, settings=settings(max_examples=25, stateful_step_count=20))


@pytest.mark.proof
def test_money_moves_once_for_each_answer_in_long_stories() -> None:
    run_state_machine_as_test(Story, settings=settings(max_examples=600, stateful_step_count=40))
