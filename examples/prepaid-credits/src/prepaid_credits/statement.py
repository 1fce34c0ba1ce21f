"""What the issuer says of the account: what it holds, and which vouchers were taken from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coinslot.effects import Flow, Headers, NoReply, NotSent, Reply, Request, Send
from coinslot.offer import Asset
from prepaid_credits.account import Account

PURPOSE = "prepaid statement 1"
TIMEOUT = 10.0


class NoStatement(Exception):
    """The issuer gave no answer that can be used; the message is a clause that says why."""


@dataclass(frozen=True, slots=True)
class Statement:
    """The account at one moment of the issuer's clock."""

    moment: int
    """Unix seconds."""
    balance: int
    vouchers: Mapping[str, Any]
    """Amount, payee and reference of every voucher that was taken, by its nonce."""


def ask(issuer: str, account: Account, asset: Asset, now: float) -> Flow[Statement]:
    """Ask the issuer for a statement. Raises NoStatement."""
    asked = f"{now:.0f}"
    fields = {"Prepaid-Account": f"{account.address}:{asked}:{account.mac(PURPOSE, asked)}"}
    try:
        reply: Reply = yield Send(Request("GET", f"{issuer}/statement", Headers(fields)), TIMEOUT)
        content = reply.json() if reply.status == 200 else None
    except (NotSent, NoReply):
        raise NoStatement("the issuer does not answer") from None
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise NoStatement(f"the issuer answers with status {reply.status} and no statement")
    whose = (content.get("account"), content.get("asset"), content.get("network"))
    if whose != (account.address, asset.address, asset.network):
        raise NoStatement("the issuer's statement is another account's")
    moment, balance, vouchers = (content.get(name) for name in ("moment", "balance", "vouchers"))
    if type(moment) is not int or type(balance) is not int or not isinstance(vouchers, dict):
        raise NoStatement("the issuer's statement is malformed")
    return Statement(moment, balance, vouchers)
