"""Whether a call can be paid for beside the files that it takes, told before those are paid for.

What the server will ask is not known before the files are there, and only their own addresses may be shown to
it. So this weighs what is known: the least that the document prices the call at, or a quote below that.
"""

from __future__ import annotations

from decimal import Decimal

from coinslot.effects import Flow, Record, Reply
from coinslot.errors import PaymentRefused
from coinslot.ledger import Ledger
from coinslot.ledger.rules import Standing, Within, check_sum
from coinslot.money import show, total
from coinslot.origin import origin_of
from coinslot.paid_call import PaidCall, Wallet, call_identity
from coinslot.policy import Cap, check_destination, printed_for


def weigh(call: PaidCall, wallet: Wallet, files: Decimal) -> Flow[Reply]:
    """Raise PaymentRefused where a call cannot fit beside `files` dollars; nothing is sent or reserved.

    The `max_price` of the call is what its files leave of it.
    """
    check_destination(call.request.url)
    cap = wallet.policy.cap(call.route, call.request, call.max_price)
    least = _least(call, wallet)
    if least is not None:
        _check_cap(call, cap, least, files)
        within = Within(
            origin_of(call.request.url),
            wallet.session,
            wallet.policy.limits,
            call.budget,
            wallet.surroundings.now(),
        )
        needed = total((files, least))

        yield Record(lambda ledger: _check_budgets(ledger, needed, within), "weigh")
    return Reply(204)


def _least(call: PaidCall, wallet: Wallet) -> Decimal | None:
    """Return what a call costs at least, in dollars; None: nobody said."""
    printed = printed_for(call.route, call.request).price
    if printed is None:
        return None
    return min(printed[0], wallet.quotes.get(call_identity(call).fingerprint, printed[0]))


def _check_budgets(ledger: Ledger, needed: Decimal, within: Within) -> None:
    try:
        check_sum(needed, within, lambda _: _standings(ledger))
    except PaymentRefused:
        _bury(ledger)
        check_sum(needed, within, lambda _: _standings(ledger))


def _standings(ledger: Ledger) -> list[Standing]:
    return [Standing.of(one, session=one.session, owner=None) for one in ledger.attempts()]


def _bury(ledger: Ledger) -> None:
    """Have what dead owners planned abandoned: it holds nothing."""
    owner = ledger.enter()
    try:
        for one in ledger.attempts():
            if one.money == "planned" and ledger.claim(one.id, owner) is not None:
                # It was signed and left meanwhile: whoever finishes that finds it.
                ledger.release(one.id, owner)
    finally:
        ledger.leave(owner)


def _check_cap(call: PaidCall, cap: Cap, least: Decimal, files: Decimal) -> None:
    if least <= cap.dollars:
        return
    beside = f" beside {show(files)} for its files" if files and call.max_price is not None else ""
    raise PaymentRefused(
        f"The call costs {show(least)} at least, more than the {show(cap.dollars)} that {cap.source} "
        f"leaves for it{beside}.",
        slug="too-expensive",
    )
