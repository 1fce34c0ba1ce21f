"""What every ledger promises, as a class of tests to inherit from.

Give it the fixture `open_ledger`: a function that opens the same ledger each time it is called, as another
client would. The ledger is empty when a test begins.

    class TestOurLedger(LedgerConformance):
        @pytest.fixture
        def open_ledger(self, tmp_path):
            return lambda: OurLedger(tmp_path / "ledger")

Each test is also a plain function of `open_ledger`, which raises AssertionError where a promise is broken.
Nothing is imported for it but the runtime.
"""

from __future__ import annotations

from coinslot.conformance.ledger._answers import Answers
from coinslot.conformance.ledger._budgets import Budgets
from coinslot.conformance.ledger._calls import Calls
from coinslot.conformance.ledger._moves import Moves
from coinslot.conformance.ledger._owners import Owners
from coinslot.conformance.ledger._payees import Payees
from coinslot.conformance.ledger._scenes import OpenLedger
from coinslot.conformance.ledger._signing import Signing


class LedgerConformance(Moves, Budgets, Payees, Signing, Calls, Owners, Answers):
    """Every promise of `coinslot.Ledger`. Inherit from it, and give it the fixture `open_ledger`."""


__all__ = ["LedgerConformance", "OpenLedger"]
