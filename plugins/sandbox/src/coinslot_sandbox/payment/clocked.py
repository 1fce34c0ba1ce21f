"""The official verification code under the sandbox's own clock.

The official functions read the machine's time from their module's globals. A recording needs them
to run at a fixed time, and tests need to move it. So the same code objects get a second set of
globals here in which only the time differs; nothing is patched for anyone else.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from types import FunctionType, SimpleNamespace
from typing import Any, TypeVar

from coinslot_sandbox.clock import Clock, SystemClock
from coinslot_sandbox.official import ExactEvmScheme, ExactEvmSchemeV1, validate_siwx_message

F = TypeVar("F", bound=Callable[..., Any])


def rebound(function: F, **replaced: Any) -> F:
    """Return a copy of a function that sees other values for some of its globals."""
    if not isinstance(function, FunctionType):
        raise TypeError(f"{function!r} is not a plain function")
    copy = FunctionType(
        function.__code__,
        {**function.__globals__, **replaced},
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    copy.__kwdefaults__ = function.__kwdefaults__
    return copy  # type: ignore[return-value]  # the same code with the same signature


def scheme_v2(signer: Any, clock: Clock) -> ExactEvmScheme:
    """Return the official `exact` facilitator of x402 v2, at the clock's time."""
    return _clocked(ExactEvmScheme, clock)(signer)


def scheme_v1(signer: Any, clock: Clock) -> ExactEvmSchemeV1:
    """Return the official `exact` facilitator of x402 v1, at the clock's time."""
    return _clocked(ExactEvmSchemeV1, clock)(signer)


def sign_in_validator(clock: Clock) -> Callable[..., Any]:
    """Return the official `validate_siwx_message`, at the clock's time."""
    if isinstance(clock, SystemClock):
        return validate_siwx_message

    class Present(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # official code only compares it
            return datetime.fromtimestamp(clock.now(), tz or UTC)

    return rebound(validate_siwx_message, datetime=Present)


S = TypeVar("S")


def _clocked(scheme: type[S], clock: Clock) -> type[S]:
    if isinstance(clock, SystemClock):
        return scheme
    verify = rebound(scheme._verify, time=SimpleNamespace(time=clock.now))  # type: ignore[attr-defined]  # noqa: SLF001 # the one place that reads the time
    return type(scheme.__name__, (scheme,), {"_verify": verify})
