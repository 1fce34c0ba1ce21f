"""How jobs and results show themselves in a notebook: nothing is asked, no server's text becomes markup."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from coinslot.errors import CoinslotError
from coinslot.money import show
from coinslot.origin import is_loopback
from coinslot.text import clean

if TYPE_CHECKING:
    from coinslot.jobs._work import Work
    from coinslot.results import Result

_VIDEO = ("video", "clip", "film", "movie")
_AUDIO = ("audio", "sound", "music", "speech")


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


def _media(result: Any) -> str:
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


def _text(text: str) -> str:
    return escape(clean(text, 200), quote=True)
