"""How jobs and results show themselves in a notebook: nothing is asked, no server's text becomes markup."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from coinslot.errors import CoinslotError
from coinslot.money import show
from coinslot.origin import is_loopback
from coinslot.text import clean
from coinslot.thumbnail import thumbnail

if TYPE_CHECKING:
    from coinslot.jobs._work import Work
    from coinslot.many import MapReport, Outcome
    from coinslot.quote import Quote
    from coinslot.results import Result

_VIDEO = ("video", "clip", "film", "movie")
_AUDIO = ("audio", "sound", "music", "speech")
_EDGE, _SMALL_EDGE = 640, 160
"""Pixels of a picture's longer side: of a result, and of one among many."""
_MOST, _MOST_PICTURES = 60, 12
"""Of a report: lines, and pictures, each of which has to be read."""


def html_of_job(work: Work[Any]) -> str:
    """Return a job as HTML: what it is, how far it is, what it cost, and its result if that is here."""
    state = work.state
    far = "" if state.progress is None or state.over else f", {state.progress:g} %"
    facts = [f"{_text(state.status or 'accepted')}{far}", *_paid(work)]
    line = f"<b>{_text(str(work.route))}</b> · job <code>{_text(work.id)}</code> · {' · '.join(facts)}"
    media = _media(work.result) if hasattr(work.result, "media_member") else ""
    return f"<div>{media}<p>{line}</p></div>"


def html_of_result(result: Result, work: Work[Any] | None) -> str:
    """Return a result as HTML: the picture, the video or the sound, and what it cost."""
    facts = []
    if work is not None:
        facts = [f"<b>{_text(str(work.route))}</b>", f"job <code>{_text(work.id)}</code>", *_paid(work)]
    if result.saved_to is not None:
        facts.append(f"saved to <code>{_text(str(result.saved_to))}</code>")
    return f"<div>{_media(result)}<p>{' · '.join(facts)}</p></div>"


def html_of_quote(quote: Quote) -> str:
    """Return a quote as HTML: what it would cost, in whose money, and why it may not be paid."""
    return f"<p>{_text(str(quote), 1000)}</p>"


def html_of_report(report: MapReport[Any]) -> str:
    """Return what became of many requests as HTML: the sums, what failed, and pictures that were saved."""
    left = len(report) - _MOST
    more = f"<p>and {left} more</p>" if left > 0 else ""
    shown = sorted(report, key=lambda one: one.ok)[:_MOST]
    seen = [outcome.index for outcome in shown if outcome.saved][:_MOST_PICTURES]
    rows = "".join(_row(outcome, pictured=outcome.index in seen) for outcome in shown)
    return f"<div><p><b>{_text(str(report), 1000)}</b></p><table>{rows}</table>{more}</div>"


def _row(outcome: Outcome[Any], *, pictured: bool) -> str:
    if outcome.error is not None:
        told = f"{_text(type(outcome.error).__name__)}: {_text(str(outcome.error))}"
    else:
        small = thumbnail(outcome.saved[0], _SMALL_EDGE) if pictured else None
        names = " ".join(f"<code>{_text(str(path))}</code>" for path in outcome.saved)
        told = f"{_image(small[0]) if small else ''} {names}"
    price = "" if outcome.price is None else _text(show(outcome.price))
    return f"<tr><td>{outcome.index + 1}</td><td>{price}</td><td>{told}</td></tr>"


def _media(result: Any) -> str:
    # What was saved stays where it is; an address of the server is good for a while.
    kept = thumbnail(result.saved_to, _EDGE) if result.saved_to is not None else None
    if kept is not None:
        return _image(kept[0])
    try:
        name = result.media_member(None)
    except ValueError:
        return ""
    url = getattr(result, name)
    # Only what a browser may fetch from a page: neither scripts nor files of this machine.
    if not isinstance(url, str) or not (url.startswith("https://") or _at_home(url)):
        return ""
    address = escape(url, quote=True)
    if any(word in name for word in _VIDEO):
        return f'<video src="{address}" controls style="max-width: 32em"></video>'
    if any(word in name for word in _AUDIO):
        return f'<audio src="{address}" controls></audio>'
    return _image(address)


def _image(address: str) -> str:
    return f'<img src="{address}" alt="The result" style="max-width: 32em">'


def _at_home(url: str) -> bool:
    try:
        return url.startswith("http://") and is_loopback(url)
    except CoinslotError:
        return False


def _paid(work: Work[Any]) -> list[str]:
    if work.price is None:
        return []
    return [f"paid {_text(show(work.price))}"]


def _text(text: str, longest: int = 200) -> str:
    return escape(clean(text, longest), quote=True)
