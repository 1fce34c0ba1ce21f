"""Jobs that rules tell of, and those that the structure of a document shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from coinslot_codegen.document import read
from coinslot_codegen.document.errors import SourceError
from coinslot_codegen.document.job_rules import read_rules
from coinslot_codegen.document.model import Api, RouteSpec
from coinslot_codegen.extending.extensions import Extensions
from coinslot_codegen.extending.options import Options
from coinslot_codegen.generation import generate
from tests.codegen.generating import PAID, document, operation
from tests.codegen.rules import NUMBER, ORDERS, answer, source_of

RULE = """
[[job]]
starts = "POST /v1/fil*"
status = "/v1/orders/{number}"
id = "ticket"
state = "phase"
result = "film"
"""


def film(api: Api) -> RouteSpec:
    return next(route for route in api.routes if route.path == "/v1/films")


def test_a_rule_makes_an_answer_a_job(tmp_path: Path) -> None:
    path = tmp_path / "jobs.toml"
    path.write_text(RULE)
    extensions = Extensions.load(Options(jobs=path))
    assert film(read(source_of(ORDERS))).job is None
    api = extensions.read(source_of(ORDERS))
    files = generate(api, extensions=extensions).files
    constants = files["src/sample/_jobs.py"].decode()
    assert 'id="ticket"' in constants
    assert 'path="/v1/orders/{number}"' in constants
    assert 'access="open"' in constants


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("POST /v1/fil*", "POST /v1/none", "fits no route"),
        ("/v1/orders/{number}", "/v1/orders", "does not have"),
        ("/v1/orders/{number}", "/v1/paid/{number}", "has to be paid for"),
        ('"ticket"', '"nothing"', "id = 'nothing'; there are ticket"),
        ('"phase"', '"status"', "state = 'status'; there are film, phase"),
        ("state =", "stage =", "says 'stage'; a rule has"),
        ("[[job]]", "[[jobs]]", "holds `\\[\\[job\\]\\]` tables"),
        ('id = "ticket"', "", "says no `id`"),
        ('id = "ticket"', "id = 3", "id is no text"),
        ('starts = "POST /v1/fil*"', "", "says no `starts`"),
        ("[[job]]", "[[job", "is no TOML"),
    ],
)
def test_a_rule_that_fits_nothing_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "jobs.toml"
    path.write_text(RULE.replace(old, new))
    with pytest.raises(SourceError, match=said):
        Extensions.load(Options(jobs=path)).read(source_of(ORDERS))


def wrapped(inner: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": {"data": inner, "status": {"enum": ["ok"]}}}


def test_members_may_stand_in_others(tmp_path: Path) -> None:
    path = tmp_path / "jobs.toml"
    film = {"type": "object", "properties": {"videoUrl": {"type": "string"}}}
    state = {**answer(phase="string"), "properties": {"phase": {"type": "string"}, "film": film}}
    content = document(
        {
            "/v1/films": {"post": operation(answer=wrapped(answer(ticket="string")), **PAID)},
            "/v1/orders/{number}": {"get": operation(answer=wrapped(state), parameters=[NUMBER])},
        }
    )
    told = RULE.replace('"ticket"', '"data.ticket"').replace('"phase"', '"data.phase"')
    path.write_text(told.replace('"film"', '"data.film"'))
    route = next(
        one for one in Extensions.load(Options(jobs=path)).read(source_of(content)).routes if one.job
    )
    assert route.job is not None
    assert route.result is not None
    assert (route.job.id_member, route.job.result_member) == ("data.ticket", "data.film")
    assert route.result.members == ("videoUrl",)
    path.write_text(told.replace('"film"', '"data.movie"'))
    with pytest.raises(SourceError, match=r"result = 'data\.movie'; in data there are film, phase"):
        Extensions.load(Options(jobs=path)).read(source_of(content))


def test_what_the_page_shows_is_a_rule() -> None:
    assert read_rules(RULE, "jobs.toml")[0].starts == ("POST /v1/fil*",)


def orders(state: dict[str, Any], **more: Any) -> dict[str, Any]:
    made = operation(answer=answer(order_id="string", status="string"), **PAID)
    watch = operation(answer=state, parameters=[{**NUMBER, "name": "order_id"}], **more)
    return document({"/v1/orders": {"post": made}, "/v1/orders/{order_id}": {"get": watch}})


STATE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "order_id": {"type": "string"},
        "status": {"type": "string", "enum": ["processing", "completed"]},
        "deliveries": {"type": "object"},
    },
}


def test_the_one_member_that_is_left_is_the_result() -> None:
    job = read(source_of(orders(STATE))).routes[0].job or read(source_of(orders(STATE))).routes[1].job
    assert job is not None
    assert (job.id_member, job.result_member, job.access) == ("order_id", "deliveries", "open")


def test_a_list_that_is_left_is_none() -> None:
    state = {**STATE, "properties": {**STATE["properties"], "deliveries": {"type": "array"}}}
    assert all(route.job is None for route in read(source_of(orders(state))).routes)


def test_two_that_are_left_are_none() -> None:
    state = {**STATE, "properties": {**STATE["properties"], "note": {"type": "string"}}}
    assert all(route.job is None for route in read(source_of(orders(state))).routes)


def test_a_state_that_is_paid_for_is_not_asked() -> None:
    assert all(route.job is None for route in read(source_of(orders(STATE, **PAID))).routes)


def test_a_job_may_have_a_number() -> None:
    content = orders({**STATE, "properties": {**STATE["properties"], "order_id": {"type": "integer"}}})
    made = content["paths"]["/v1/orders"]["post"]["responses"]["200"]["content"]["application/json"]
    made["schema"] = answer(order_id="integer", status="string")
    assert any(route.job and route.job.id_member == "order_id" for route in read(source_of(content)).routes)
