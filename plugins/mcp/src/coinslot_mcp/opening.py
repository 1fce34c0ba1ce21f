"""A shop, opened with what a person allowed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from coinslot import ConfigurationError, Surroundings
from coinslot.ledger import SqliteLedger
from coinslot.origin import origin_of
from coinslot.policy import Policy
from coinslot_mcp.caps import Caps
from coinslot_mcp.catalogue import catalogue, client_of
from coinslot_mcp.folders import Folders, secret_paths
from coinslot_mcp.quotes import Quotes
from coinslot_mcp.shop import Shop


def opened(
    *,
    package: str,
    folders: Sequence[Path],
    output: Path | None,
    max_price: Decimal,
    max_hour: Decimal,
    max_day: Decimal,
    confirm_above: Decimal,
    confirm_every: Decimal,
    pay_with: Sequence[str],
    base_url: str | None,
    surroundings: Surroundings | None = None,
) -> Shop:
    """Open the shop of a generated package. Raises CoinslotError for what cannot be."""
    surroundings = surroundings or Surroundings()
    if output is not None:
        if "{" in str(output):
            raise ConfigurationError(f"{output} cannot hold results: braces stand for fields in their names.")
        try:
            output.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigurationError(f"{output} cannot be made: {error.strerror}.") from None
    base_url = base_url or os.environ.get(f"{package.upper().replace('.', '_')}_BASE_URL") or None
    kind, ledger = client_of(package), SqliteLedger()
    client = kind(
        pay_with=list(pay_with) or None,
        base_url=base_url,
        policy=Policy(ceiling=max_price),
        ledger=ledger,
        surroundings=surroundings,
    )
    readable = [*folders, *([output] if output is not None else [])]
    return Shop(
        client=client,
        origin=origin_of(base_url or kind.ORIGIN),
        ledger=ledger,
        entries=catalogue(client),
        folders=Folders(readable, secret_paths(ledger.path, os.environ)),
        output=output.resolve() if output is not None else None,
        caps=Caps(max_price, max_hour, max_day, confirm_above, confirm_every),
        quotes=Quotes(ledger.path.parent / "quotes", surroundings.now),
    )
