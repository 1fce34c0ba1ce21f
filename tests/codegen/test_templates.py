"""Template overrides, and the contract that they are held to before anything is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from coinslot_codegen.commands.check import check
from coinslot_codegen.commands.generate import generate
from coinslot_codegen.render.checking import Checker
from coinslot_codegen.render.contract import CONTEXTS, MACROS, VERSION
from coinslot_codegen.render.environment import templates
from tests.codegen.generating import PAID, document, operation

FIRST = f"{{# coinslot-templates: {VERSION} #}}\n"
CONTENT = document({"/api/thing/make": {"post": operation(**PAID)}})


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "openapi.json").write_text(json.dumps(CONTENT))
    (tmp_path / "templates").mkdir()
    return tmp_path


def override(place: Path, text: str, name: str = "route.py.jinja") -> None:
    (place / "templates" / name).write_text(text)


def run(place: Path, *options: str) -> Result:
    arguments = [str(place / "openapi.json"), "--output", str(place / "out"), *options]
    return CliRunner().invoke(generate, arguments)


def overridden(place: Path) -> Result:
    return run(place, "--templates", str(place / "templates"))


def test_every_template_is_in_the_contract_and_keeps_it() -> None:
    environment = templates()
    names = environment.list_templates()
    assert set(names) == {*CONTEXTS, *MACROS}
    assert environment.loader is not None
    for name in names:
        source = environment.loader.get_source(environment, name)[0]
        checker = Checker(environment, names, MACROS.get(name, {}))
        assert checker.check(source, CONTEXTS.get(name, {})) == [], name


def test_an_override_is_used_and_formatted(place: Path) -> None:
    override(place, FIRST + '{% include "coinslot/route.py.jinja" %}\nEXTRA={  "a":1 }\n')
    assert overridden(place).exit_code == 0
    text = (place / "out/src/sample/thing/make.py").read_text()
    assert text.startswith("# Written by")
    assert text.endswith('EXTRA = {"a": 1}\n')


@pytest.mark.parametrize("name", sorted(CONTEXTS))
def test_each_name_of_the_contract_is_given(place: Path, name: str) -> None:
    # A comment that no reader of the file sees, with everything that there is.
    asked = "".join(f"{{% set _ = {one} | string %}}" for one in CONTEXTS[name])
    override(place, f'{FIRST}{asked}{{% include "coinslot/{name}" %}}', name)
    done = run(place, "--templates", str(place / "templates"), "--docs")
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("{{ route.name }}", 1, "says not which contract it was written for"),
        ("{# coinslot-templates: 99 #}", 1, "was written for contract 99"),
        (FIRST + "\n{{ route.nmae }}", 3, "'route' has no 'nmae'"),
        (FIRST + "{{ rout.name }}", 2, "there is no 'rout'"),
        (FIRST + "{% for one in route.classes %}\n{{ one.nam }}{% endfor %}", 3, "'one' has no 'nam'"),
        (FIRST + "{% if route.doc %}\n{{ route['nothing'] }}{% endif %}", 3, "'route' has no 'nothing'"),
        (FIRST + "{% set c = route.methods | first %}{{ c.body }}", 2, "'c' has no 'body'"),
        (FIRST + "{{ route.name | shout }}", 2, "No filter named 'shout'"),
        (FIRST + "{% for %}", 2, "Expected an expression"),
        (FIRST + '{% include "nowhere" %}', 2, "there is no template 'nowhere'"),
    ],
)
def test_what_is_not_there_is_said_at_its_line_and_nothing_is_written(
    place: Path, text: str, line: int, said: str
) -> None:
    override(place, text)
    done = overridden(place)
    assert done.exit_code == 1
    assert f"route.py.jinja:{line}: " in done.output
    assert said in done.output
    assert not (place / "out").exists()


def test_what_only_shows_in_rendering_is_said_at_its_line_too(place: Path) -> None:
    override(place, FIRST + "{% macro one(x) %}\n{{ x.nothing }}{% endmacro %}{{ one(route) }}")
    done = overridden(place)
    assert "route.py.jinja:3: " in done.output
    assert not (place / "out").exists()


def test_a_name_that_overrides_nothing_is_refused(place: Path) -> None:
    override(place, FIRST, "rout.py.jinja")
    assert "overrides no template; there are client.py.jinja" in overridden(place).output


def test_later_runs_remember_and_check_says_when_they_changed(place: Path) -> None:
    override(place, FIRST + '# Mine.\n{% include "coinslot/route.py.jinja" %}')
    overridden(place)
    manifest = (place / "out/src/sample/manifest.json").read_text()
    assert '"folder": "../templates"' in manifest
    assert run(place).output == f"{place / 'out'}: nothing changed\n"
    override(place, FIRST + '# Ours.\n{% include "coinslot/route.py.jinja" %}')
    done = CliRunner().invoke(check, [str(place / "out")])
    assert done.output == f"{place / 'out'}: stale: the template overrides changed (../templates)\n"
    assert "files changed" in run(place).output
    assert CliRunner().invoke(check, [str(place / "out")]).exit_code == 0
    assert "# Ours." in (place / "out/src/sample/thing/make.py").read_text()


def test_plain_forgets_them(place: Path) -> None:
    override(place, FIRST + '# Mine.\n{% include "coinslot/route.py.jinja" %}')
    overridden(place)
    assert run(place, "--plain").exit_code == 0
    assert "# Mine." not in (place / "out/src/sample/thing/make.py").read_text()
    assert "made_with" not in (place / "out/src/sample/manifest.json").read_text()
