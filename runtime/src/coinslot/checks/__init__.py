"""What must be right before the first paid call, looked at piece by piece. No secret is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from coinslot.backend import Setting
from coinslot.checks._clock import check_origin
from coinslot.checks._finding import Finding
from coinslot.checks._home import check_home
from coinslot.checks._payers import check_payers
from coinslot.checks._versions import check_versions

__all__ = ["Finding", "examine"]


def examine(environ: Mapping[str, str], origin: str | None) -> Iterator[Finding]:
    """Look at everything, for paid calls to `origin` if one is named; yields findings as they come."""
    yield from check_versions()
    yield from check_home(environ)
    yield from check_payers(Setting(environ), origin)
    yield from check_origin(origin)
