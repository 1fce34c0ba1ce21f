"""How a run ends: every error as plain words on standard error, and as an exit code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from coinslot.console._session import session_of
from coinslot.terminal import plain_speech
from coinslot.text import clean

if TYPE_CHECKING:
    from coinslot.console._session import Session

OTHER, USAGE, REFUSED, REJECTED, UNKNOWN, FAILED, TIMEOUT, NOT_BROUGHT, UNAVAILABLE, SETUP = range(1, 11)
INTERRUPTED = 130
_PLAINER = {
    "is not a valid integer range.": "is no whole number.",
    "is not a valid float range.": "is no number.",
    "is not a valid integer.": "is no whole number.",
    "is not a valid float.": "is no number.",
}
"""What the library says of numbers, and what a person says."""

CODES: dict[str, int] = {
    "PaymentRefused": REFUSED,
    "MalformedChallenge": REFUSED,
    "ConflictingCall": REFUSED,
    "PaymentRejected": REJECTED,
    "RequestRejected": REJECTED,
    "SignInRefused": REJECTED,
    "PaymentOutcomeUnknown": UNKNOWN,
    "JobFailed": FAILED,
    "JobTimeout": TIMEOUT,
    "DownloadFailed": NOT_BROUGHT,
    "StreamCut": NOT_BROUGHT,
    "UploadFailed": NOT_BROUGHT,
    "UnexpectedAnswer": NOT_BROUGHT,
    "ServerUnavailable": UNAVAILABLE,
    "ConfigurationError": SETUP,
    "LedgerUnavailable": SETUP,
    "ClientClosed": OTHER,
}
"""Exit codes by the name of the error, or of the nearest class that it derives from."""


def code_of(error: BaseException) -> int:
    """Return the exit code of an error."""
    return next((CODES[kind.__name__] for kind in type(error).__mro__ if kind.__name__ in CODES), OTHER)


@contextmanager
def ending(ctx: click.Context) -> Iterator[None]:
    """Turn errors of ours, of the file system and of the keyboard into words and an exit code."""
    with plain_speech(ctx, session_of(ctx).program.name):
        try:
            yield
        except (KeyboardInterrupt, click.Abort):
            # Whoever knew what was going on has said already what is true of it.
            ctx.exit(INTERRUPTED)
        except click.UsageError as error:
            _tell_scripts(session_of(ctx), error)
            raise _with_hint(error) from None
        except (BrokenPipeError, click.exceptions.Exit):
            raise
        except Exception as error:
            from coinslot.errors import CoinslotError

            if not isinstance(error, CoinslotError | OSError):
                raise
            _end(ctx, error, code_of(error))


def _with_hint(error: click.UsageError) -> click.UsageError:
    """Say plainly what is no number, and what to do where a text was given as several words."""
    from coinslot.console._values import TEXT

    command = None if error.ctx is None else error.ctx.command
    nameless = [one for one in getattr(command, "params", ()) if isinstance(one, click.Argument)]
    texts = [one for one in nameless if one.type is TEXT]
    told = error.format_message()
    for clumsy, plainer in _PLAINER.items():
        if told.endswith(clumsy):
            return click.UsageError(told.removesuffix(clumsy) + plainer, error.ctx)
    if isinstance(error, click.NoSuchOption):
        return _without_name(error, nameless)
    if "unexpected extra argument" not in told or not texts:
        return error
    hint = 'A text of several words is one argument: put it in quotes, as in "A sunset".'
    return click.UsageError(f"{told}. {hint}", error.ctx)


def _without_name(error: click.NoSuchOption, nameless: list[click.Argument]) -> click.UsageError:
    """Say of an option that is an argument how it is given."""
    from coinslot.console._values import TEXT

    wanted = error.option_name.lstrip("-").replace("-", "_")
    meant = next((one for one in nameless if one.name == wanted), None)
    if meant is None:
        return error
    how = ', in quotes, as in "A sunset"' if meant.type is TEXT else ""
    told = f"{error.format_message()} {str(meant.name).upper()} stands without a name{how}."
    return click.UsageError(told, error.ctx)


def _tell_scripts(session: Session, error: click.UsageError) -> None:
    if session.as_json:
        told = {"type": "UsageError", "message": error.format_message(), "exit_code": USAGE}
        session.finish(None, error=told)


def _end(ctx: click.Context, error: Exception, code: int) -> None:
    session = session_of(ctx)
    session.say(f"{session.program.name}: {_words(error)}")
    if code == UNKNOWN:
        session.say("The same command goes on from there; 'coinslot ledger recover' looks the payment up.")
    for note in getattr(error, "__notes__", ()):
        session.say(note)
    if session.as_json:
        session.finish(None, error=plain(error))
    ctx.exit(code)


def _words(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        where = f"{clean(str(error.filename))}: " if error.filename else ""
        return f"{where}{clean(error.strerror)}"
    return str(error)


def plain(error: Exception) -> dict[str, object]:
    """Return an error as members of a JSON object."""
    told: dict[str, object] = {
        "type": type(error).__name__,
        "message": _words(error),
        "exit_code": code_of(error),
    }
    for name in ("attempt_id", "job_id", "status", "step", "slug"):
        value = getattr(error, name, None)
        if value is not None:
            told[name] = value
    return told


def say_interrupted(session: Session, text: str) -> None:
    """Say what is true after Ctrl-C."""
    session.say(f"\n{session.program.name}: interrupted. {text}")
    if session.as_json:
        session.finish(None, error={"type": "Interrupted", "message": text, "exit_code": INTERRUPTED})
