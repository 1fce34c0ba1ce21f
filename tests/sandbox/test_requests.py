from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.buyer import PRINT, Buyer
from tests.sandbox.conftest import MakeSandbox


@pytest.mark.parametrize("path", ["/openapi.json", "/api/openapi.json"])
def test_the_document_is_served_as_it_is(make: MakeSandbox, example: bytes, path: str) -> None:
    answer = Buyer(make()).http.get(path)
    assert answer.content == example
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"prompt": ""},
        {"prompt": 1},
        {"prompt": "x", "imageSize": "9K"},
        {"prompt": "x", "images": ["no"]},
        [],
        1,
    ],
)
def test_an_invalid_body_is_told_before_anything_is_asked_for(make: MakeSandbox, body: Any) -> None:
    answer = Buyer(make()).http.post(PRINT, json=body)
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_request"
    assert "PAYMENT-REQUIRED" not in answer.headers


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000, b"NaN"])
def test_what_is_not_json_is_refused(make: MakeSandbox, content: bytes) -> None:
    headers = {"content-type": "application/json"}
    assert Buyer(make()).http.post(PRINT, content=content, headers=headers).status_code == 400


def test_another_media_type_is_refused(make: MakeSandbox) -> None:
    assert Buyer(make()).http.post(PRINT, data={"prompt": "x"}).status_code == 415


def test_a_huge_body_is_refused(make: MakeSandbox) -> None:
    answer = Buyer(make(body_limit=100)).http.post(PRINT, json={"prompt": "x" * 200})
    assert answer.status_code == 413


def test_routes_that_are_not_there(make: MakeSandbox) -> None:
    http = Buyer(make()).http
    assert http.get("/nothing").status_code == 404
    wrong = http.get(PRINT)
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST")


def test_a_bad_query_is_told(make: MakeSandbox) -> None:
    assert Buyer(make()).http.get("/api/jobs", params={"limit": "none"}).status_code == 400
