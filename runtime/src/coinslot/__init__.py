"""Coinslot: the runtime that generated clients of paid HTTP APIs stand on.

Everything public is a name of this module, and loads when it is first named: neither a command's help
nor a client that calls nothing waits for models, HTTP or signers.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import MISSING

    from coinslot.attempt import (
        Attempt,
    )
    from coinslot.backend import (
        Backend,
        Setting,
        Surroundings,
    )
    from coinslot.bodies import (
        File,
    )
    from coinslot.call import (
        AnswerT,
        Call,
        EventsT,
        PaidCall,
        PaidStreamingCall,
        QuoteT,
        StreamingCall,
    )
    from coinslot.cautions import (
        CoinslotWarning,
    )
    from coinslot.client import (
        AsyncClient,
        Client,
        Group,
    )
    from coinslot.errors import (
        ClientClosed,
        CoinslotError,
        ConfigurationError,
        ConflictingCall,
        CredentialMissing,
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
        StreamCut,
        UnexpectedAnswer,
        UnexpectedPayment,
        UnknownPrice,
        UploadFailed,
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
    from coinslot.many import (
        MapOptions,
        MapReport,
        Outcome,
    )
    from coinslot.models import (
        AnswerModel,
        RequestModel,
    )
    from coinslot.money import (
        Dollars,
    )
    from coinslot.policy import (
        Policy,
    )
    from coinslot.quote import (
        Quote,
    )
    from coinslot.references import (
        Media,
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
    from coinslot.security import (
        Scheme,
        Secret,
    )
    from coinslot.streams import (
        AsyncEvents,
        Event,
        Events,
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
    "AsyncEvents",
    "AsyncJob",
    "AsyncPaymentTransport",
    "AsyncUploadGroup",
    "Attempt",
    "Backend",
    "Call",
    "Client",
    "ClientClosed",
    "CoinslotError",
    "CoinslotWarning",
    "ConfigurationError",
    "ConflictingCall",
    "CredentialMissing",
    "Dollars",
    "DownloadFailed",
    "Event",
    "Events",
    "EventsT",
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
    "MapOptions",
    "MapReport",
    "Media",
    "MediaUrl",
    "Outcome",
    "PaidCall",
    "PaidStreamingCall",
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
    "Scheme",
    "Secret",
    "ServerUnavailable",
    "Setting",
    "SignInRefused",
    "StreamCut",
    "StreamingCall",
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
    "MISSING": "pydantic",
    "Attempt": "coinslot.attempt",
    "Backend": "coinslot.backend",
    "Setting": "coinslot.backend",
    "Surroundings": "coinslot.backend",
    "File": "coinslot.bodies",
    "AnswerT": "coinslot.call",
    "Call": "coinslot.call",
    "EventsT": "coinslot.call",
    "PaidCall": "coinslot.call",
    "PaidStreamingCall": "coinslot.call",
    "QuoteT": "coinslot.call",
    "StreamingCall": "coinslot.call",
    "AsyncClient": "coinslot.client",
    "Client": "coinslot.client",
    "ClientClosed": "coinslot.errors",
    "CoinslotWarning": "coinslot.cautions",
    "Group": "coinslot.client",
    "CoinslotError": "coinslot.errors",
    "ConfigurationError": "coinslot.errors",
    "ConflictingCall": "coinslot.errors",
    "CredentialMissing": "coinslot.errors",
    "DownloadFailed": "coinslot.errors",
    "JobFailed": "coinslot.errors",
    "JobLost": "coinslot.errors",
    "JobTimeout": "coinslot.errors",
    "LedgerUnavailable": "coinslot.errors",
    "MalformedChallenge": "coinslot.errors",
    "PaymentError": "coinslot.errors",
    "PaymentOutcomeUnknown": "coinslot.errors",
    "PaymentRefused": "coinslot.errors",
    "PaymentRejected": "coinslot.errors",
    "RequestRejected": "coinslot.errors",
    "ServerUnavailable": "coinslot.errors",
    "SignInRefused": "coinslot.errors",
    "StreamCut": "coinslot.errors",
    "UnexpectedAnswer": "coinslot.errors",
    "UnexpectedPayment": "coinslot.errors",
    "UnknownPrice": "coinslot.errors",
    "UploadFailed": "coinslot.errors",
    "hookimpl": "coinslot.hookspecs",
    "AsyncJob": "coinslot.jobs",
    "Job": "coinslot.jobs",
    "JobState": "coinslot.jobs",
    "Ledger": "coinslot.ledger",
    "MapOptions": "coinslot.many",
    "MapReport": "coinslot.many",
    "Outcome": "coinslot.many",
    "AnswerModel": "coinslot.models",
    "RequestModel": "coinslot.models",
    "Dollars": "coinslot.money",
    "Policy": "coinslot.policy",
    "Quote": "coinslot.quote",
    "Media": "coinslot.references",
    "MediaUrl": "coinslot.results",
    "Result": "coinslot.results",
    "JobStyle": "coinslot.route",
    "PricePerSecond": "coinslot.route",
    "PriceRange": "coinslot.route",
    "Route": "coinslot.route",
    "Scheme": "coinslot.security",
    "Secret": "coinslot.security",
    "AsyncEvents": "coinslot.streams",
    "Event": "coinslot.streams",
    "Events": "coinslot.streams",
    "AsyncPaymentTransport": "coinslot.transport",
    "PaymentTransport": "coinslot.transport",
    "AsyncUploadGroup": "coinslot.uploads",
    "Upload": "coinslot.uploads",
    "UploadGroup": "coinslot.uploads",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return import_module("importlib.metadata").version(__name__)
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
