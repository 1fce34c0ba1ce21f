from __future__ import annotations

import pytest

from coinslot_sandbox.table import Found, Table

TABLE = Table(
    [
        ("GET", "/jobs", "list"),
        ("GET", "/jobs/latest", "latest"),
        ("GET", "/jobs/{jobId}", "get"),
        ("DELETE", "/jobs/{jobId}", "delete"),
        ("GET", "/v1.0/:user-x/{a}.json", "odd"),
        ("GET", "/places/:place/photos", "photos"),
        ("GET", "/open/{brace", "open"),
        ("GET", "/empty/{}", "empty"),
        ("GET", "/[id]/(of)/{name}", "brackets"),
    ]
)


@pytest.mark.parametrize(
    ("path", "entry", "places"),
    [
        ("/jobs", "list", {}),
        ("/jobs/", "list", {}),
        ("/jobs/latest", "latest", {}),
        ("/jobs/a%2Fb", "get", {"jobId": "a/b"}),
        ("/places/12/photos", "photos", {"place": "12"}),
        ("/open/%7Bbrace", "open", {}),
        ("/open/{brace", "open", {}),
        ("/empty/%7b%7d", "empty", {}),
        ("/%5Bid%5D/(of)/a%2Fb", "brackets", {"name": "a/b"}),
    ],
)
def test_paths_find_their_entries(path: str, entry: str, places: dict[str, str]) -> None:
    found = TABLE.find("GET", path)
    assert isinstance(found, Found)
    assert (found.entry, found.path) == (entry, places)


def test_another_method_is_told_the_right_ones() -> None:
    assert TABLE.find("POST", "/jobs/7") == frozenset({"GET", "DELETE"})


@pytest.mark.parametrize("path", ["/", "/job", "/jobs/a/b", "/v1x0/a/b.json"])
def test_other_paths_find_nothing(path: str) -> None:
    assert TABLE.find("GET", path) is None
