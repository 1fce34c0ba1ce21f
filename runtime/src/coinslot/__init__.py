"""Coinslot: the runtime that generated clients of paid HTTP APIs stand on.

Everything public is a name of this module. What a route's module needs is here at once; the rest
loads when it is first named, so that importing a client costs no more than its models.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pydantic import MISSING

from coinslot.bodies import (
    File,
)
from coinslot.call import (
    AnswerT,
    Call,
    PaidCall,
    QuoteT,
)
from coinslot.errors import (
    CoinslotError,
    ConfigurationError,
    ConflictingCall,
    DownloadFailed,
    JobFailed,
    JobLost,
    JobTimeout,
    LedgerUnavailable,
    MalformedChallenge,
    PaymentError,
    PaymentOutcomeUnknown,
    PaymentRefused,
    PaymentRejected,
    RequestRejected,
    ServerUnavailable,
    SignInRefused,
    UnexpectedAnswer,
    UnexpectedPayment,
    UnknownPrice,
    UploadFailed,
)
from coinslot.models import (
    AnswerModel,
    RequestModel,
)
from coinslot.money import (
    Dollars,
)
from coinslot.results import (
    MediaUrl,
    Result,
)
from coinslot.route import (
    JobStyle,
    PricePerSecond,
    PriceRange,
    Route,
)

if TYPE_CHECKING:
    from coinslot.attempt import (
        Attempt,
    )
    from coinslot.backend import (
        Backend,
        Setting,
        Surroundings,
    )
    from coinslot.client import (
        AsyncClient,
        Client,
        Group,
    )
    from coinslot.hookspecs import (
        hookimpl,
    )
    from coinslot.jobs import (
        AsyncJob,
        Job,
        JobState,
    )
    from coinslot.ledger import (
        Ledger,
    )
    from coinslot.policy import (
        Policy,
    )
    from coinslot.quote import (
        Quote,
    )
    from coinslot.transport import (
        AsyncPaymentTransport,
        PaymentTransport,
    )
    from coinslot.uploads import (
        AsyncUploadGroup,
        Upload,
        UploadGroup,
    )

__all__ = [
    "MISSING",
    "AnswerModel",
    "AnswerT",
    "AsyncClient",
    "AsyncJob",
    "AsyncPaymentTransport",
    "AsyncUploadGroup",
    "Attempt",
    "Backend",
    "Call",
    "Client",
    "CoinslotError",
    "ConfigurationError",
    "ConflictingCall",
    "Dollars",
    "DownloadFailed",
    "File",
    "Group",
    "Job",
    "JobFailed",
    "JobLost",
    "JobState",
    "JobStyle",
    "JobTimeout",
    "Ledger",
    "LedgerUnavailable",
    "MalformedChallenge",
    "MediaUrl",
    "PaidCall",
    "PaymentError",
    "PaymentOutcomeUnknown",
    "PaymentRefused",
    "PaymentRejected",
    "PaymentTransport",
    "Policy",
    "PricePerSecond",
    "PriceRange",
    "Quote",
    "QuoteT",
    "RequestModel",
    "RequestRejected",
    "Result",
    "Route",
    "ServerUnavailable",
    "Setting",
    "SignInRefused",
    "Surroundings",
    "UnexpectedAnswer",
    "UnexpectedPayment",
    "UnknownPrice",
    "Upload",
    "UploadFailed",
    "UploadGroup",
    "hookimpl",
]

_HOMES = {
    "Attempt": "attempt",
    "Backend": "backend",
    "Setting": "backend",
    "Surroundings": "backend",
    "AsyncClient": "client",
    "Client": "client",
    "Group": "client",
    "hookimpl": "hookspecs",
    "AsyncJob": "jobs",
    "Job": "jobs",
    "JobState": "jobs",
    "Ledger": "ledger",
    "Policy": "policy",
    "Quote": "quote",
    "AsyncPaymentTransport": "transport",
    "PaymentTransport": "transport",
    "AsyncUploadGroup": "uploads",
    "Upload": "uploads",
    "UploadGroup": "uploads",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"coinslot.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
