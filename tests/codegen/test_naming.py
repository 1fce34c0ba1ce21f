from __future__ import annotations

import keyword
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coinslot_codegen.document.calls import call_names
from coinslot_codegen.document.naming import class_name, identifier, title
from tests.codegen.documents import TRANSCRIPTION, read_document, reordered, transcription


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("aspectRatio", "aspect_ratio"),
        ("nano-banana-pro", "nano_banana_pro"),
        ("wan-2.6", "wan_2_6"),
        ("HTTPStatus", "http_status"),
        ("userID", "user_id"),
        ("class", "class_"),
        ("match", "match_"),
        ("type", "type"),  # a keyword of sorts from Python 3.12 on, and the same name everywhere
        ("None", "none"),
        ("3d", "x3d"),
        ("__init__", "init"),
        ("größe", "groe"),
        ("日本", "unnamed"),
        ("", "unnamed"),
        ("x'); import os; os.system('boom", "x_import_os_os_system_boom"),
        ("a\nb", "a_b"),
    ],
)
def test_identifiers(text: str, name: str) -> None:
    assert identifier(text) == name


@given(st.text())
def test_whatever_the_text_a_name_is_a_plain_python_name(text: str) -> None:
    for name in (identifier(text), class_name(text)):
        assert name.isidentifier()
        assert name.isascii()
        assert not keyword.iskeyword(name)
        assert not name.startswith("_")
        assert len(name) <= 62


def test_class_names_and_titles() -> None:
    assert class_name("image-result") == "ImageResult"
    assert class_name("true") == "TrueValue"
    assert title("nano-banana-pro") == "Nano Banana Pro"
    assert title("wan-2.6") == "Wan 2.6"


def names(*routes: str) -> dict[str, str]:
    pairs = [(method, path) for method, path in (route.split(" ") for route in routes)]
    return {f"{method} {path}": ".".join(name) for (method, path), name in call_names(pairs).items()}


def test_the_rule() -> None:
    assert names(
        "POST /api/generate/nano-banana-pro/edit",
        "POST /api/upload",
        "POST /api/upload/confirm",
        "GET /api/jobs",
        "GET /api/jobs/{jobId}",
        "DELETE /api/jobs/{jobId}",
        "PUT /v1/things/{id}",
        "PATCH /v2beta1/things/{id}",
        "GET /v1/location/{id}/photos",
        "GET /status",
        "GET /v1",
        "GET /",
    ) == {
        "POST /api/generate/nano-banana-pro/edit": "nano_banana_pro.edit",
        "POST /api/upload": "upload.create",
        "POST /api/upload/confirm": "upload.confirm",
        "GET /api/jobs": "jobs.list",
        "GET /api/jobs/{jobId}": "jobs.get",
        "DELETE /api/jobs/{jobId}": "jobs.delete",
        "PUT /v1/things/{id}": "things.replace",
        "PATCH /v2beta1/things/{id}": "things.update",
        "GET /v1/location/{id}/photos": "location.photos",
        "GET /status": "status.get",
        "GET /v1": "v1.get",
        "GET /": "root.get",
    }


def test_folders_that_collide_get_longer_names_as_a_whole() -> None:
    assert names(
        "POST /inbox/send",
        "POST /inbox/messages/read",
        "POST /subdomain/inbox/send",
        "POST /subdomain/inbox/close",
        "POST /subdomain/inbox/messages/read",
    ) == {
        "POST /inbox/send": "inbox.send",
        "POST /inbox/messages/read": "inbox_messages.read",
        "POST /subdomain/inbox/send": "subdomain_inbox.send",
        "POST /subdomain/inbox/close": "subdomain_inbox.close",
        "POST /subdomain/inbox/messages/read": "subdomain_inbox_messages.read",
    }


def test_one_path_with_two_methods_tells_them_apart_by_method() -> None:
    assert names("GET /domain/dns", "POST /domain/dns") == {
        "GET /domain/dns": "domain.get_dns",
        "POST /domain/dns": "domain.post_dns",
    }


def test_what_methods_do_not_tell_apart_the_rest_of_the_path_does() -> None:
    assert names(
        "GET /repos/{repo}/issues/comments",
        "GET /repos/{repo}/issues/comments/{id}",
        "GET /repos/{repo}/issues/{number}/comments",
        "POST /users",
        "POST /users/{id}",
        "GET /schedules",
        "GET /v3/schedules",
        "GET /2010-04-01/Accounts/{sid}/Calls.json",
        "GET /2010-04-01/Accounts/{sid}/Calls/{call}.json",
    ) == {
        "GET /repos/{repo}/issues/comments": "issues.list_comments",
        "GET /repos/{repo}/issues/comments/{id}": "issues.get_comments",
        "GET /repos/{repo}/issues/{number}/comments": "issues.list_comments_by_number",
        "POST /users": "users.create",
        "POST /users/{id}": "users.create_by_id",
        "GET /schedules": "schedules.list",
        "GET /v3/schedules": "schedules.list_v3",
        "GET /2010-04-01/Accounts/{sid}/Calls.json": "accounts.list_calls",
        "GET /2010-04-01/Accounts/{sid}/Calls/{call}.json": "accounts.get_calls",
    }


def test_what_still_collides_is_numbered_by_path() -> None:
    assert names("GET /a/b-c", "GET /a/b_c", "GET /a/b.c") == {
        "GET /a/b-c": "a.get_b_c",
        "GET /a/b.c": "a.get_b_c_2",
        "GET /a/b_c": "a.get_b_c_3",
    }


def test_names_that_a_client_needs_itself_are_left_to_it() -> None:
    assert names("POST /close", "GET /results", "POST /price/quote") == {
        "POST /close": "close_.create",
        "GET /results": "results_.list",
        "POST /price/quote": "price.quote_",
    }


@given(
    st.lists(
        st.tuples(st.sampled_from(["GET", "POST", "PUT"]), st.text(alphabet="ab/{}-_1", max_size=12)),
        max_size=12,
    )
)
def test_every_route_has_its_own_call_whatever_the_order(routes: list[tuple[str, str]]) -> None:
    routes = [(method, f"/{path}") for method, path in routes]

    found = call_names(routes)
    assert found == call_names(reversed(routes))
    assert len(set(found.values())) == len(set(routes))


def test_the_order_of_keys_changes_nothing() -> None:
    straight = read_document(transcription())
    turned = read_document(reordered(transcription()))

    assert turned.findings == straight.findings
    assert turned.upload == straight.upload
    assert turned.recommendations == straight.recommendations
    assert turned.routes == straight.routes


def test_the_generator_knows_no_studio_and_no_chain() -> None:
    names = {"stablestudio", "vercel", "solana", "tempo", "usdc"}
    for route in read_document(transcription()).routes:
        if route.job:
            names |= {route.path.split("/")[3], route.group, route.title.lower()}
    named = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(names)))})\b", re.IGNORECASE)
    package = TRANSCRIPTION.parents[1] / "codegen" / "src"
    sources = [path for path in sorted(package.rglob("*")) if path.suffix in {".py", ".jinja"}]

    assert sources
    for path in sources:
        assert named.findall(path.read_text()) == [], path
