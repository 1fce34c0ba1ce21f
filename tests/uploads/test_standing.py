"""Whether a file that was uploaded before is still there: what cannot be known is not bought again."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from coinslot import Job, Quote
from tests.runtime.studio import ImageResult, code, fails
from tests.uploads.editing import BLOB, Edit, Host

NOON = {"Date": "Fri, 15 Jan 2027 12:00:00 GMT"}


@pytest.mark.parametrize("status", [404, 410])
def test_what_its_host_does_not_have_is_uploaded_again(
    edit: Edit[Job[ImageResult], Quote], host: Host, cat: Path, status: int
) -> None:
    edit(images=[cat])
    host.looks[f"{BLOB}1"] = code(status)
    edit(images=[cat])
    assert host.tokens == 2


@pytest.mark.parametrize(
    "answer",
    [*(code(status) for status in (302, 401, 403, 405, 429, 500, 503)), fails(httpx.ConnectError)],
    ids=["302", "401", "403", "405", "429", "500", "503", "silence"],
)
def test_what_may_not_be_looked_at_is_not_bought_again(
    edit: Edit[Job[ImageResult], Quote], host: Host, cat: Path, answer: object
) -> None:
    edit(images=[cat])
    host.looks[f"{BLOB}1"] = answer  # type: ignore[assignment]
    edit(images=[cat])
    assert [body["images"] for body in host.edits] == [[f"{BLOB}1"]] * 2
    assert host.tokens == 1


@pytest.mark.parametrize(
    ("query", "tokens"),
    [
        ("X-Amz-Date=20270115T110000Z&X-Amz-Expires=3600&X-Amz-Signature=ab", 2),
        ("X-Amz-Date=20270115T110001Z&X-Amz-Expires=3600&X-Amz-Signature=ab", 1),
        ("Expires=1800014400&Signature=ab", 2),
        ("Expires=1800014401&Signature=ab", 1),
        ("sv=1&se=2027-01-15T12%3A00%3A00Z&sig=ab", 2),
        ("Expires=soon&X-Amz-Expires=3600&se=", 1),
    ],
)
def test_an_address_that_is_refused_and_says_that_it_has_ended_is_replaced(
    edit: Edit[Job[ImageResult], Quote], host: Host, cat: Path, query: str, tokens: int
) -> None:
    host.suffix = f"?{query}"
    edit(images=[cat])
    host.looks[f"{BLOB}1"] = code(403, **NOON)
    edit(images=[cat])
    assert host.tokens == tokens


def test_an_end_that_its_host_does_not_confirm_proves_nothing(
    edit: Edit[Job[ImageResult], Quote], host: Host, cat: Path
) -> None:
    host.suffix = "?Expires=1"
    edit(images=[cat])
    for answer in (code(403), code(403, Date="soon"), code(200, **NOON)):
        host.looks[f"{BLOB}1"] = answer
        edit(images=[cat])
    assert host.tokens == 1
