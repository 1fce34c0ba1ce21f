"""Plugins of the generator: what they may change, what is refused, and what is shown."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from importlib.metadata import Distribution, DistributionFinder
from pathlib import Path
from typing import Any

import pytest

from coinslot_codegen.document import Api, Guidance, read
from coinslot_codegen.document.figures import Money
from coinslot_codegen.document.job_rules import JobRule
from coinslot_codegen.document.model import PriceSpec
from coinslot_codegen.extending.changes import judged
from coinslot_codegen.extending.errors import ExtensionRefused
from coinslot_codegen.extending.extensions import Extensions
from coinslot_codegen.extending.files import merged
from coinslot_codegen.extending.model import added, hidden, renamed, titled
from coinslot_codegen.extending.options import Options
from coinslot_codegen.generation import generate
from coinslot_codegen.hookspecs import hookimpl
from tests.codegen.generating import PAID, document, operation
from tests.codegen.rules import source_of

CONTENT = document(
    {
        "/api/thing/make": {"post": operation(**PAID)},
        "/api/thing/{id}": {
            "get": operation(
                parameters=[{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}]
            )
        },
        "/api/other": {"get": operation()},
    }
)
API = read(source_of(CONTENT))
Change = Callable[[Api], object]


def paid(api: Api, **changes: Any) -> Api:
    """Change the one paid route."""
    routes = [replace(one, **changes) if one.access == "paid" else one for one in api.routes]
    return replace(api, routes=tuple(routes))


def calls(api: Api) -> set[str]:
    return {f"{route.group}.{route.name}" for route in api.routes}


def test_calls_are_renamed_grouped_and_hidden() -> None:
    api = renamed(API, "POST /api/thing/make", group="hat", name="knit")
    api = titled(api, "POST /api/thing/make", "Hats")
    after = judged(API, hidden(api, "GET /api/oth*"), "x:y")
    assert "hat.knit" in calls(after)
    assert not any(route.path == "/api/other" for route in after.routes)
    files = generate(after).files
    assert b"class Knit(PaidCall" in files["src/sample/hat/knit.py"]
    assert [one.message for one in after.findings if one.kind == "changed"] == [
        "GET /api/other is left out (plugin x:y)"
    ]


def test_an_operation_is_added_and_shown() -> None:
    made = added(API, "POST", "/api/extra", {**PAID, "responses": {"200": {"description": "Done"}}})
    after = judged(API, made, "x:y")
    assert "extra.create" in calls(after)
    assert any("POST /api/extra is added, paid, $0.02 a call" in one.message for one in after.findings)


def test_another_price_is_shown() -> None:
    after = judged(API, paid(API, price=PriceSpec("0.03", None, "call", "guidance")), "x:y")
    told = [one.message for one in after.findings if one.kind == "changed"]
    assert told == ["POST /api/thing/make costs $0.03 a call now, not $0.02 a call (plugin x:y)"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda api: None, "NoneType, not Api"),
        (lambda api: paid(api, price=None), "its price may not be dropped"),
        (lambda api: paid(api, price=None, access="open"), "`access` is the document's"),
        (lambda api: paid(api, payment=None), "`payment` is the document's"),
        (lambda api: paid(api, security=("key",)), "`security` is the document's"),
        (lambda api: paid(api, price=PriceSpec("0", None, "call", "guidance")), "a price of 0 is no price"),
        (lambda api: paid(api, price=PriceSpec("cheap", None, "call", "guidance")), "no figure of dollars"),
        (lambda api: replace(api, origin="https://evil.example"), "`origin` is the document's"),
        (lambda api: replace(api, source=b"{}"), "`source` is the document's"),
        (lambda api: replace(api, document={}), "`document` is the document's"),
        (lambda api: renamed(api, "*", group="a", name="b"), "would both be called a.b"),
        (lambda api: renamed(api, "POST *", group="close"), "means something already"),
        (lambda api: renamed(api, "POST *", name="quote"), "means something already"),
        (lambda api: renamed(api, "POST *", name="import"), "no Python name"),
        (lambda api: renamed(api, "POST *", group="os; x"), "no Python name"),
        (lambda api: renamed(api, "POST *", group="_jobs"), "no Python name"),
        (lambda api: replace(api, routes=(*api.routes, api.routes[0])), "is there twice"),
        (
            lambda api: added(
                api,
                "GET",
                "/api/z",
                {"parameters": [{"name": "q", "in": "query", "schema": {"$ref": "#/x"}}]},
            ),
            "points at nothing",
        ),
    ],
    ids=[str(number) for number in range(18)],
)
def test_what_would_do_harm_is_refused(change: Change, said: str) -> None:
    with pytest.raises(ExtensionRefused, match=r"the plugin 'x:y' (may not|changes)") as raised:
        judged(API, change(API), "x:y")
    assert said in str(raised.value)


def test_a_route_that_is_not_there_cannot_be_changed() -> None:
    for change in (hidden, lambda api, route: renamed(api, route, name="x")):
        with pytest.raises(ExtensionRefused, match="there is no route POST /nowhere"):
            change(API, "POST /nowhere")


@pytest.mark.parametrize(
    "path",
    [
        "../x.py", "/x.py", "a/../../x.py", "a\\x.py", "C:x.py", "", ".hidden", "a//b.py", "__init__.py",
        "manifest.json", "openapi.json", "thing/make.py", "Thing/Make.py", "thing", "thing.py",
        "_client/x.py", "thing/make.py/x", "py.typed", "__pycache__/x.pyc",
    ],
)  # fmt: skip
def test_a_file_stands_only_where_nothing_else_does(path: str) -> None:
    known = dict.fromkeys(
        ("src/s/__init__.py", "src/s/_client.py", "src/s/thing/make.py", "src/s/py.typed"), ""
    )
    with pytest.raises(ExtensionRefused, match="may not add"):
        merged(known, {path: ""}, "src/s/", "x:y")


def test_files_are_added_inside_the_package() -> None:
    found = merged({"src/s/__init__.py": ""}, {"extra/data.txt": "x", "more.py": ""}, "src/s/", "x:y")
    assert sorted(found) == ["src/s/__init__.py", "src/s/extra/data.txt", "src/s/more.py"]


class Installed(Distribution):
    """A distribution that offers one plugin."""

    def __init__(self, target: str, version: str = "1.0") -> None:
        self._files = {
            "METADATA": f"Metadata-Version: 2.1\nName: my-plugin\nVersion: {version}\n",
            "entry_points.txt": f"[coinslot.codegen]\nmine = {target}\n",
        }

    def read_text(self, filename: str) -> str | None:
        return self._files.get(filename)

    def locate_file(self, path: Any) -> Any:
        return Path(path)


class Finder(DistributionFinder):
    """Finds it."""

    def __init__(self, found: Distribution) -> None:
        self.found = found

    def find_spec(self, *arguments: object) -> None:
        return None

    def find_distributions(self, context: Any = None) -> Iterator[Distribution]:
        yield self.found


@pytest.fixture
def plugin(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Options]:
    """Return a function that installs an object of this module as the plugin `my-plugin:mine`."""

    def installed(name: str, version: str = "1.0") -> Options:
        monkeypatch.setattr(
            sys, "meta_path", [*sys.meta_path, Finder(Installed(f"{__name__}:{name}", version))]
        )
        return Options(("my-plugin:mine",))

    return installed


class Everything:
    """Answers all hooks."""

    @hookimpl
    def coinslot_codegen_read_guidance(self, text: str) -> Guidance | None:
        return (
            Guidance(prices={("POST", "/api/thing/make"): Money("0.05", None, "call")})
            if text == "five"
            else None
        )

    @hookimpl
    def coinslot_codegen_job_rules(self) -> list[JobRule]:
        return []

    @hookimpl
    def coinslot_codegen_change_model(self, api: Api) -> Api:
        return renamed(api, "POST /api/thing/make", name="fabricate")

    @hookimpl
    def coinslot_codegen_add_files(self, api: Api, files: Mapping[str, str]) -> Mapping[str, str]:
        return {"notes.txt": f"{len(api.routes)} {'thing/fabricate.py' in files}"}


class Broken:
    """Fails."""

    @hookimpl
    def coinslot_codegen_change_model(self, api: Api) -> Api:
        raise ValueError("out of ideas")


class Misspelt:
    """Answers no hook that there is."""

    @hookimpl
    def coinslot_codegen_change_modle(self, api: Api) -> Api:
        return api


def with_guidance(text: str) -> bytes:
    return source_of({**CONTENT, "info": {**CONTENT["info"], "x-guidance": text}})


@pytest.mark.parametrize(("text", "price"), [("five", "0.05"), ("other", "0.02")])
def test_a_named_plugin_is_asked(plugin: Callable[[str], Options], text: str, price: str) -> None:
    extensions = Extensions.load(plugin("Everything"))
    api = extensions.read(with_guidance(text))
    files = generate(api, extensions=extensions).files
    assert files["src/sample/notes.txt"] == b"3 True"
    assert f'PriceRange("{price}")'.encode() in files["src/sample/thing/fabricate.py"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Broken", r"'my-plugin:mine' failed \(coinslot_codegen_change_model\): ValueError: out of ideas"),
        ("Misspelt", "unknown hook 'coinslot_codegen_change_modle'"),
        ("missing", "'my-plugin:mine' failed .being loaded.: AttributeError"),
        ("CONTENT", "no function that is marked"),
    ],
)
def test_a_plugin_that_fails_is_named(plugin: Callable[[str], Options], name: str, said: str) -> None:
    with pytest.raises(ExtensionRefused, match=said):
        Extensions.load(plugin(name)).read(source_of(CONTENT))


def test_a_strangers_plugin_does_not_answer_to_a_bare_name(plugin: Callable[[str], Options]) -> None:
    plugin("Everything")
    with pytest.raises(ExtensionRefused, match=r"Did you mean my-plugin:mine\?"):
        Extensions.load(Options(("mine",)))


def test_a_mistyped_name_is_no_advice_to_install_it(plugin: Callable[[str], Options]) -> None:
    plugin("Everything")
    with pytest.raises(ExtensionRefused, match=r"Did you mean my-plugin:mine\?") as caught:
        Extensions.load(Options(("my-plugn:mine",)))
    assert "pip install" not in str(caught.value)
