"""A paid answer that is still being read: whose it is, and when it counts as handed out."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from coinslot.attempt import DELIVERY_MOVES, Conclusion
from coinslot.errors import CoinslotError

if TYPE_CHECKING:
    from coinslot.ledger import Ledger


class Hold:
    """Keeps an attempt with its owner while its stream is read.

    Until `hand_out` the attempt stays open: the same call resumes it, and signs no second payment. None of
    this withholds an answer: a ledger that cannot be written leaves the attempt open.
    """

    def __init__(self, ledger: Ledger, attempt_id: str, owner: str, leave: Callable[[], object]) -> None:
        self._ledger = ledger
        self._attempt_id = attempt_id
        self._owner = owner
        self._leave = leave
        self._left = False
        self.handed_out = False
        """Whether the caller has had something of the answer, or let it go."""

    def hand_out(self) -> None:
        """Note that the call is answered: the first event goes to the caller, or none is wanted."""
        if self.handed_out:
            return
        self.handed_out = True
        with contextlib.suppress(CoinslotError):
            attempt = self._ledger.attempt(self._attempt_id)
            if attempt is not None and "finished" in DELIVERY_MOVES[attempt.delivery]:
                self._ledger.deliver(self._attempt_id, "finished")
            self._ledger.hand_out(self._attempt_id)

    def broke_off(self, why: str) -> None:
        """Put on record that the stream did not come whole."""
        with contextlib.suppress(CoinslotError):
            self._ledger.conclude(self._attempt_id, self._owner, Conclusion(None, why))

    def let_go(self) -> None:
        """Leave the attempt to whoever makes the same call."""
        if not self._left:
            self._left = True
            self._leave()
