"""Jobs that only rules tell of: they run in a sandbox that is given the same file as the generator."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from coinslot.backend import Surroundings
from coinslot_codegen.document import DocumentProblem
from coinslot_codegen.extending.extensions import Extensions
from coinslot_codegen.extending.options import Options
from coinslot_codegen.generation import generate
from coinslot_sandbox import Sandbox
from coinslot_sandbox.command import sandbox
from tests.codegen.generating import PAID, document, imported, operation, package

FILMS = Path(__file__).parents[2] / "examples" / "film-client"
DOCUMENT = (FILMS / "openapi.json").read_bytes()


@pytest.mark.loopback
def test_a_generated_client_waits_for_such_a_job(tmp_path: Path) -> None:
    extensions = Extensions.load(Options(jobs=FILMS / "jobs.toml"))
    made = generate(extensions.read(DOCUMENT), package="films", extensions=extensions)
    with (
        imported(made, tmp_path / "client") as films,
        Sandbox(DOCUMENT, jobs=FILMS / "jobs.toml", polls=2, default_price="0.02").serve() as server,
        films.Films(
            base_url=server.url,
            environ={**server.wallets[0].environ, "COINSLOT_HOME": str(tmp_path)},
            max_price="0.10",
            surroundings=Surroundings(sleep=lambda _: None),
        ) as client,
    ):
        job = client.films.create(script="It rains")
        result = job.wait()
    (served,) = server.jobs
    assert (job.id, served.polls, len(server.payments)) == (served.id, 2, 1)
    assert result


def test_rules_that_do_not_fit_are_told_before_anything_is_served(tmp_path: Path) -> None:
    rules = tmp_path / "jobs.toml"
    rules.write_text('[[job]]\nstarts = "POST /none"\nstatus = "/v1/orders/{number}"\nid = "ticket"\n')
    with pytest.raises(DocumentProblem, match=r"fits no route|does not answer with"):
        Sandbox(DOCUMENT, jobs=rules)
    done = CliRunner().invoke(sandbox, [str(FILMS / "openapi.json"), "--jobs", str(tmp_path / "absent.toml")])
    assert done.exit_code == 1
    assert "absent.toml: cannot be read" in done.output


@pytest.mark.loopback
def test_jobs_that_are_counted(tmp_path: Path) -> None:
    number = {"type": "integer"}
    state = {"id": number, "status": {"enum": ["queued", "done"]}, "output": {"type": "object"}}
    answer = {"type": "object", "properties": {"id": number}, "required": ["id"]}
    watch = operation(answer={"type": "object", "properties": state, "required": ["id", "status"]})
    content = document(
        {"/orders": {"post": operation(answer=answer, **PAID)}, "/orders/{id}": {"get": watch}}, title="Shop"
    )
    with (
        package(content, tmp_path / "client", package="shop") as shop,
        Sandbox(json.dumps(content).encode(), time_scale=0).serve() as server,
        shop.Shop(
            base_url=server.url,
            environ={**server.wallets[0].environ, "COINSLOT_HOME": str(tmp_path)},
            surroundings=Surroundings(sleep=lambda _: None),
        ) as client,
    ):
        job = client.orders.create()
        job.wait()
        assert client.orders.get(id=int(job.id)).id == int(job.id)


@pytest.mark.loopback
def test_jobs_whose_members_stand_in_others(tmp_path: Path) -> None:
    text = {"type": "string"}

    def wrapped(**members: object) -> dict[str, object]:
        inner = {"type": "object", "required": [*members], "properties": members}
        return {
            "type": "object",
            "required": ["data"],
            "properties": {"data": inner, "status": {"enum": ["ok"]}},
        }

    film = {"type": ["object", "null"], "properties": {"videoUrl": text}}
    state = wrapped(phase={"enum": ["queued", "done"]}, film=film)
    content = document(
        {
            "/films": {"post": operation(answer=wrapped(ticket=text), **PAID)},
            "/orders/{number}": {"get": operation(answer=state)},
        },
        title="Wrapped",
    )
    rules = tmp_path / "jobs.toml"
    rules.write_text(
        '[[job]]\nstarts = "POST /films"\nstatus = "/orders/{number}"\n'
        'id = "data.ticket"\nstate = "data.phase"\nresult = "data.film"\n'
    )
    source = json.dumps(content).encode()
    extensions = Extensions.load(Options(jobs=rules))
    made = generate(extensions.read(source), package="wrapped", extensions=extensions)
    with (
        imported(made, tmp_path / "client") as films,
        Sandbox(source, jobs=rules, polls=2).serve() as server,
        films.Wrapped(
            base_url=server.url,
            environ={**server.wallets[0].environ, "COINSLOT_HOME": str(tmp_path)},
            surroundings=Surroundings(sleep=lambda _: None),
        ) as client,
    ):
        job = client.films.create()
        assert str(job.wait().video_url).startswith(server.url)
    (served,) = server.jobs
    assert (job.id, job.state.status, served.polls) == (served.id, "done", 2)
