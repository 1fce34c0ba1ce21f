from __future__ import annotations

import io
import json
import re
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from coinslot_codegen.document import SourceError, load, read
from coinslot_codegen.document.syntax import parse, parse_with_slips
from tests.codegen.documents import TRANSCRIPTION, document

GOOD = json.dumps(document({"/things": {"get": {"responses": {"200": {"description": "OK"}}}}})).encode()


@contextmanager
def serving(pages: dict[str, bytes]) -> Iterator[str]:
    """A server on the loopback that answers these paths and 404 for every other."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(self.path)
            self.send_response(404 if body is None else 200)
            self.end_headers()
            self.wfile.write(body or b"{}")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def test_a_file_is_read_byte_for_byte(tmp_path: Path) -> None:
    path = tmp_path / "openapi.json"
    path.write_bytes(GOOD + b"\n\n")

    assert load(str(path)) == GOOD + b"\n\n"


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(GOOD)))

    assert load("-") == GOOD


@pytest.mark.loopback
@pytest.mark.parametrize("path", ["/openapi.json", "/api/openapi.json"])
def test_an_origin_is_asked_at_both_known_paths(path: str) -> None:
    with serving({path: GOOD}) as origin:
        assert load(origin) == GOOD
        assert load(f"{origin}/") == GOOD
        assert load(origin.removeprefix("http://")) == GOOD


@pytest.mark.loopback
def test_a_url_is_taken_as_it_is() -> None:
    with serving({"/docs/v2.json?x=1": GOOD}) as origin:
        assert load(f"{origin}/docs/v2.json?x=1") == GOOD


@pytest.mark.loopback
def test_an_origin_without_a_document_is_named_with_both_paths() -> None:
    with serving({}) as origin, pytest.raises(SourceError) as caught:
        load(origin)

    assert "/openapi.json" in str(caught.value)
    assert "/api/openapi.json" in str(caught.value)
    assert "404" in str(caught.value)


@pytest.mark.loopback
def test_an_unreachable_address_is_said_in_one_line() -> None:
    # Nobody else is given its port, and nobody listens there.
    with socket.socket() as kept:
        kept.bind(("127.0.0.1", 0))
        origin = f"http://127.0.0.1:{kept.getsockname()[1]}"
        with pytest.raises(SourceError, match=f"{origin}.*unreachable") as caught:
            load(f"{origin}/openapi.json")

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "not JSON"),
        (b"a: [", "not JSON or YAML"),
        (b"just words", "not an object"),
        (b"[1]", "not an object"),
        (b"", "is empty"),
        (b"<!doctype html><p>", "is a page"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"{}", "not an OpenAPI 3 document"),
        (b'{"swagger": "2.0", "paths": {}}', "converted"),
        (b'{"openapi": "4.0.0", "paths": {"/a": {}}}', "not an OpenAPI 3 document"),
        (b'{"openapi": "3.0.0"}', "no paths"),
        (b'{"openapi": "3.0.0", "paths": {}}', "no paths"),
        (b'{"openapi": "3.0.0", "paths": {"/a": {}}, "x": 1e999}', "infinite"),
        (b"[" * 100_000, "nested"),
        (b"a: &a [*a]\nopenapi: 3.0.0", "not JSON or YAML|nested"),
    ],
)
def test_what_is_no_document_is_one_clear_line(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "source"
    path.write_bytes(content)

    with pytest.raises(SourceError, match=said) as caught:
        load(str(path))

    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_anchors_that_multiply_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]

    with pytest.raises(SourceError, match="too large"):
        parse("\n".join(lines).encode())


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        load(str(tmp_path / "none.json"))
    with pytest.raises(SourceError, match="folder"):
        load(str(tmp_path))
    with pytest.raises(SourceError, match="no such file"):
        load("openapi.yaml")
    with pytest.raises(SourceError, match="only http"):
        load("file:///etc/passwd")


def test_yaml_means_what_json_means() -> None:
    written = b"""
openapi: 3.1.0
info: {title: on, version: 1.10}
paths:
  /a:
    get:
      responses:
        200: {description: yes}
      x-values: [1:1, 16:9, 2024-05-01, off, No, 012, 1_000, 1e3, 1.5, -2, 0x1F, true, null, ~, "5", 19.5:9]
"""
    parsed = parse(written)
    operation = parsed["paths"]["/a"]["get"]

    assert parsed["info"]["title"] == "on"
    assert operation["responses"] == {"200": {"description": "yes"}}
    assert operation["x-values"] == [
        *["1:1", "16:9", "2024-05-01", "off", "No", 12, "1_000", 1000.0, 1.5],
        *[-2, "0x1F", True, None, None, "5", "19.5:9"],
    ]


def test_the_studios_document_reads_the_same_from_yaml() -> None:
    as_json = json.loads(TRANSCRIPTION.read_bytes())
    as_yaml = yaml.safe_dump(as_json, sort_keys=False, allow_unicode=True).encode()

    assert parse(as_yaml) == as_json
    assert read(as_yaml).routes == read(TRANSCRIPTION.read_bytes()).routes


@pytest.mark.parametrize(
    ("content", "flaws"),
    [
        (b'{"openapi": "3.0.0", "x": 1, "x": 2, "paths": {"/a": {}}}', {"#/x": "more than once"}),
        (b"openapi: 3.0.0\npaths: {/a: {get: {}, get: {}}}", {"#/paths/~1a/get": "more than once"}),
        (b'// A note.\n{"openapi": "3.0.0", /* b */ "paths": {"/a": {}}} // c', {"#": "comments"}),
        (b"{openapi: 3.0.0, x: https://a.example, paths: {/a: {}}}", {}),
        (b'{"openapi": "3.0.0", "x": "https://a.example /* b */", "paths": {"/a": {}}}', {}),
        (b'{"openapi": "3.0.0", "paths": {"/a": {"x": [NaN]}}}', {"#/paths/~1a/x/0": "NaN is no number"}),
        (b'{"openapi": "3.0.0",\n"paths": {"/a": {},},\n}', {"#": r"no JSON \(line 2\)"}),
        (b"{'openapi': '3.0.0', 'paths': {'/a': {}}}", {"#": r"no JSON \(line 1\)"}),
        (b"{openapi: 3.0.0, paths: {/a: {}}}", {}),
        (b"openapi: 3.0.0\na: &a {b: 1}\nc: {<<: *a, b: 2}\npaths: {/a: {}}", {}),
    ],
)
def test_slips_in_how_it_is_written_down_are_named(content: bytes, flaws: dict[str, str]) -> None:
    document, found = parse_with_slips(content)

    assert "/a" in document["paths"]
    assert [one.pointer for one in found] == list(flaws)
    for one in found:
        assert re.search(flaws[one.pointer], one.message)
    assert set(found) <= set(read(content).findings)
