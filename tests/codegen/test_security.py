"""Security schemes: what is read of them, what is written, and that a server which demands them gets them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from coinslot import CredentialMissing, Policy
from coinslot_codegen.document import Api, read
from coinslot_codegen.document.model import RouteSpec
from coinslot_sandbox import Sandbox
from coinslot_sandbox.server import Server
from tests.codegen.generating import PAID, document, operation, package, source
from tests.codegen.generating import made as client_of

SCHEMES: dict[str, Any] = {
    "apiKey": {"type": "apiKey", "in": "header", "name": "X-Api-Key", "description": "From your account"},
    "asked": {"type": "apiKey", "in": "query", "name": "api_key"},
    "crumb": {"type": "apiKey", "in": "cookie", "name": "sid"},
    "token": {"type": "http", "scheme": "Bearer"},
    "login": {"type": "http", "scheme": "basic"},
    "flow": {"type": "oauth2", "flows": {}},
    "siwx": {"type": "apiKey", "in": "header", "name": "SIGN-IN-WITH-X"},
    "x402": {"type": "apiKey", "in": "header", "name": "X-PAYMENT"},
}
VALUES = {name: f"s3cret:{name}" for name in ("apiKey", "asked", "crumb", "token", "login", "flow")}


def secured(*security: dict[str, list[str]], **more: Any) -> dict[str, Any]:
    return {
        "get": {
            **operation(answer={"type": "object", "properties": {"ok": {"type": "boolean"}}}),
            "security": list(security),
            **more,
        }
    }


def made(paths: dict[str, Any], schemes: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    content = document(paths)
    content["components"]["securitySchemes"] = SCHEMES if schemes is None else schemes
    return {**content, **more}


KEYED = made(
    {
        **{f"/api/by/{name}": secured({name: []}) for name in VALUES},
        "/api/by/both": secured({"apiKey": [], "asked": []}),
        "/api/by/either": secured({"login": []}, {"crumb": []}),
        "/api/by/wallet": secured({"siwx": []}, {"apiKey": []}),
        "/api/by/money": secured({"apiKey": []}, **PAID),
        "/api/by/nothing": secured(),
        "/api/by/choice": secured({}, {"apiKey": []}),
        "/api/by/default": {"get": operation(answer={"type": "object", "properties": {}})},
    },
    security=[{"token": []}],
)


def route(api: Api, name: str) -> RouteSpec:
    return next(one for one in api.routes if one.path.endswith(f"/{name}"))


def test_alternatives_are_read_and_inherited() -> None:
    api = read(json.dumps(KEYED).encode())
    shown = {
        name: route(api, name).shown for name in ("both", "either", "wallet", "nothing", "choice", "default")
    }
    assert shown == {
        "both": (("apiKey", "asked"),),
        "either": (("login",), ("crumb",)),
        "wallet": (("siwx",), ("apiKey",)),
        "nothing": (),
        "choice": ((), ("apiKey",)),
        "default": (("token",),),
    }
    assert [route(api, name).access for name in ("wallet", "money", "both")] == ["signed", "paid", "open"]
    assert {one.name: one.place for one in api.schemes}["flow"] == "bearer"


@pytest.mark.parametrize(
    "scheme", [{"type": "apiKey", "in": "header", "name": "X-PAYMENT"}, {"type": "http", "scheme": "Payment"}]
)
def test_a_scheme_that_pays_is_a_price_and_no_key(scheme: dict[str, Any]) -> None:
    api = read(
        json.dumps(
            made({"/api/a": secured({"pay": []}, {"apiKey": []})}, {**SCHEMES, "pay": scheme})
        ).encode()
    )
    assert (api.routes[0].access, api.routes[0].shown) == ("paid", ((), ("apiKey",)))
    assert [one.name for one in api.schemes] == ["apiKey"]


@pytest.mark.parametrize(
    ("scheme", "told"),
    [
        ({"type": "apiKey", "in": "header", "name": "Host"}, "no key can be shown in the header 'Host'"),
        ({"type": "apiKey", "in": "header", "name": "A\r\nB"}, "no key can be shown"),
        ({"type": "apiKey", "name": "k"}, "without a name and a known place"),
        ({"type": "mutualTLS"}, "nothing is shown for the type 'mutualTLS'; a transport"),
        ({"type": "http", "scheme": "digest"}, "nothing is shown for the http scheme 'digest'"),
        ({"type": "http", "bearerFormat": "JWT"}, "read as bearer"),
        ({"type": "bearer"}, "is read as `http` bearer"),
        ("key", "no object"),
    ],
)
def test_what_is_wrong_with_a_scheme_is_told(scheme: Any, told: str) -> None:
    api = read(json.dumps(made({"/api/a": secured({"odd": []})}, {"odd": scheme})).encode())
    (finding,) = [one for one in api.findings if one.pointer == "#/components/securitySchemes/odd"]
    assert told in finding.message
    assert len(api.schemes) == ("read as" in told)


def test_a_key_that_stands_among_the_parameters_too_is_asked_for_once() -> None:
    listed = [{"name": "x-api-key", "in": "header", "required": True, "schema": {"type": "string"}}]
    api = read(json.dumps(made({"/api/a": secured({"apiKey": []}, parameters=listed)})).encode())
    assert api.routes[0].parameters == ()


def test_no_document_can_name_a_variable_of_another() -> None:
    content = made({"/api/a": secured({"key": []})}, {"key": SCHEMES["apiKey"]})
    content["info"]["title"] = "EVM"
    text = source(content, "_security.py", package="sample")
    assert 'variable="COINSLOT_CREDENTIAL_SAMPLE_KEY"' in text


def test_names_that_are_no_python_names_are_typed_all_the_same() -> None:
    content = made(
        {"/api/a": secured({"my-key": [], "class": []})},
        {"my-key": SCHEMES["apiKey"], "class": SCHEMES["token"]},
    )
    text = source(content, "_security.py", package="sample")
    assert 'Credentials = TypedDict(\n    "Credentials",\n    {\n        "class": Secret,' in text


def test_names_of_other_letters_stand_in_no_class() -> None:
    foreign = made({"/api/a": secured({"é": []})}, {"é": SCHEMES["apiKey"]})
    assert "Credentials = TypedDict(  # noqa: UP013" in source(foreign, "_security.py", package="sample")


def test_a_sign_in_under_any_name_leaves_the_keys_a_class() -> None:
    content = made(
        {"/api/a": secured({"key": [], "sign-in": []})},
        {"key": SCHEMES["apiKey"], "sign-in": {"type": "apiKey", "in": "header", "name": "SIGN-IN-WITH-X"}},
    )
    text = source(content, "_security.py", package="sample")
    assert "class Credentials(TypedDict, total=False):" in text


def test_nothing_is_written_where_nothing_is_shown() -> None:
    content = made({"/api/a": secured({"siwx": []})})
    assert "_security" not in source(content, "_client.py", package="sample")
    assert "security" not in source(content, "a/get.py", package="sample")


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    with package(KEYED, tmp_path_factory.mktemp("keyed")) as found:
        yield found


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Sandbox(json.dumps(KEYED).encode(), credentials=VALUES).serve() as found:
        yield found


def client(keyed: ModuleType, server: Server, tmp_path: Path, **credentials: str) -> Any:
    environ = {**server.wallets[0].environ, "COINSLOT_HOME": str(tmp_path)}
    policy = Policy(max_price="1", payees={server.url: "dynamic"})
    return keyed.Sample(base_url=server.url, environ=environ, policy=policy, credentials=credentials)


@pytest.mark.loopback
def test_a_server_that_demands_them_is_shown_the_right_ones(
    keyed: ModuleType, server: Server, tmp_path: Path
) -> None:
    with client(keyed, server, tmp_path, **VALUES) as sample:
        for name in (*VALUES, "both", "either", "wallet", "money", "nothing", "choice", "default"):
            getattr(sample.by, name if name != "apiKey" else "api_key")()
    assert len(server.payments) == 1


@pytest.mark.loopback
def test_the_wallet_signs_where_no_key_was_given(keyed: ModuleType, server: Server, tmp_path: Path) -> None:
    with client(keyed, server, tmp_path) as sample:
        sample.by.wallet()
        sample.by.choice()
        with pytest.raises(CredentialMissing, match="COINSLOT_CREDENTIAL_SAMPLE_API_KEY"):
            sample.by.money()


def test_the_readme_names_keys_and_variables() -> None:
    schemes = {
        "Portal Key": {"type": "apiKey", "in": "header", "name": "X-Key", "description": "from the | portal"},
        "token": {"type": "http", "scheme": "bearer"},
    }
    content = document(
        {
            "/api/thing": {"post": operation(security=[{"Portal Key": []}, {"token": []}], **PAID)},
            "/api/other": {"get": operation(security=[{"token": []}])},
        }
    )
    content["components"]["securitySchemes"] = schemes
    text = client_of(content).files["README.md"].decode()
    assert 'Sample(credentials={"Portal Key": "..."})' in text
    rows = [line for line in text.splitlines() if "COINSLOT_CREDENTIAL_SAMPLE_" in line]
    assert len(rows) == 2
    assert rows[0].startswith(
        "| `Portal Key` | `COINSLOT_CREDENTIAL_SAMPLE_PORTAL_KEY` | The header `X-Key`."
    )
    assert rows[0].endswith("| one way of several: `thing.create` |")
    assert rows[1].endswith("| A bearer token. | `other.get`; one way of several: `thing.create` |")


def test_a_readme_without_keys_says_nothing_of_them() -> None:
    text = client_of(document({"/api/thing": {"get": operation()}})).files["README.md"].decode()
    assert "credentials" not in text
