"""A voucher: so many credits of one account for another, good once and for a short time."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

PURPOSE = "prepaid voucher 1"
_AMOUNT = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Voucher:
    """What the account commits to. Members stand in the order in which they are signed."""

    account: str
    amount: str
    """Credits, as a decimal count."""
    asset: str
    expires: int
    """Unix seconds from which on the issuer no longer takes it."""
    network: str
    nonce: str
    payee: str

    def json(self) -> dict[str, Any]:
        """Return the voucher as it stands in the payload."""
        return asdict(self)

    def text(self) -> str:
        """Return what is signed."""
        return json.dumps(self.json(), sort_keys=True, separators=(",", ":"))

    @classmethod
    def read(cls, content: object) -> Voucher:
        """Read a voucher back from a payload. Raises ValueError."""
        if not isinstance(content, Mapping) or set(content) != {field.name for field in fields(cls)}:
            raise ValueError("a voucher has other members")
        voucher = cls(**content)
        for name, value in voucher.json().items():
            if type(value) is not (int if name == "expires" else str):
                raise ValueError(f"the voucher's {name} is of another kind")
        if not _AMOUNT.fullmatch(voucher.amount):
            raise ValueError("the voucher's amount is no count of credits")
        return voucher
