"""The generated client of StableStudio: what it is made of, and that it is what the generator writes."""

from __future__ import annotations

import ast
import asyncio
import importlib
import inspect
import json
import pkgutil
import shutil
import subprocess
import sys
import typing
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

import stablestudio
from coinslot import AnswerModel, Group, RequestModel, Result, UploadGroup
from coinslot_codegen.document import read
from coinslot_codegen.generation import generate
from coinslot_codegen.update import update
from coinslot_codegen.write.manifest import find

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "generated" / "stablestudio"
DOCUMENT = ROOT / "generated" / "stablestudio.openapi.json"
IMAGE, VIDEO = ["image_url"], ["video_url", "thumbnail_url"]
FAMILIES = {
    **dict.fromkeys(("nano_banana", "nano_banana_pro", "flux_2_pro", "flux_2_max", "grok"), (5, IMAGE)),
    **dict.fromkeys(("gpt_image_2", "gpt_image_1_5"), (10, IMAGE)),
    **dict.fromkeys(
        (
            "grok_video",
            "sora_2",
            "sora_2_pro",
            "veo_3_1",
            "veo_3_1_fast",
            "seedance",
            "seedance_fast",
            "wan_2_6",
        ),
        (15, VIDEO),
    ),
}


@pytest.mark.parametrize("judged", [["check"], ["format", "--check"]], ids=["check", "format"])
def test_ruff_finds_nothing_where_nobody_set_anything(judged: list[str]) -> None:
    ruff = [sys.executable, "-m", "ruff", *judged, "--isolated", "--no-cache", str(FOLDER)]
    done = subprocess.run(ruff, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def modules() -> list[Any]:
    walked = pkgutil.walk_packages(stablestudio.__path__, "stablestudio.")
    return [stablestudio, *(importlib.import_module(one.name) for one in walked)]


def routes() -> dict[str, Any]:
    found = [module for module in modules() if hasattr(module, "ROUTE")]
    return {module.__name__.removeprefix("stablestudio."): module.ROUTE for module in found}


def models() -> list[type[BaseModel]]:
    return [
        value
        for module in modules()
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, BaseModel) and value.__module__ == module.__name__
    ]


@pytest.fixture(scope="module")
def fresh() -> dict[str, bytes]:
    found = find(FOLDER)
    assert found is not None
    return dict(generate(read(DOCUMENT.read_bytes()), package="stablestudio").files)


def test_is_what_a_fresh_run_writes(fresh: dict[str, bytes]) -> None:
    on_disk = {
        path.relative_to(FOLDER).as_posix(): path.read_bytes()
        for path in FOLDER.rglob("*")
        if path.is_file()
        and "__pycache__" not in path.parts
        and not any(".egg-info" in part for part in path.parts)
    }
    assert sorted(on_disk) == sorted(fresh)
    assert [path for path, content in fresh.items() if on_disk[path] != content] == []


def test_another_order_of_the_documents_keys_changes_nothing(tmp_path: Path) -> None:
    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: turned(value[key]) for key in sorted(value, reverse=True)}
        return [turned(item) for item in value] if isinstance(value, list) else value

    shutil.copytree(FOLDER, tmp_path / "out")
    source = json.dumps(turned(json.loads(DOCUMENT.read_bytes()))).encode()
    assert update(source, tmp_path / "out").changed == {}


def test_every_operation_has_a_module() -> None:
    document = json.loads(DOCUMENT.read_bytes())
    listed = {f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item}
    assert {str(route) for route in routes().values()} == listed
    assert len(listed) == 30


@pytest.mark.parametrize("group", sorted(FAMILIES))
def test_polls_and_reads_results_by_family(group: str) -> None:
    poll, members = FAMILIES[group]
    found = {name: route for name, route in routes().items() if name.startswith(f"{group}.")}
    assert found
    for route in found.values():
        assert route.poll_seconds == poll
        assert list(route.result.model_fields) == members
        assert route.job is not None


def test_what_is_no_job_is_none() -> None:
    others = {name for name in routes() if name.split(".")[0] not in FAMILIES}
    assert others == {"upload.create", "upload.confirm", "jobs.list", "jobs.get", "jobs.delete"}
    assert all(routes()[name].job is None for name in others)


def test_no_two_classes_have_the_same_structure_and_role() -> None:
    seen: dict[str, str] = {}
    for model in models():
        role = next(
            base.__name__
            for base in (RequestModel, Result, AnswerModel, BaseModel)
            if issubclass(model, base)
        )
        fields = sorted(
            (field.alias or name, str(field.annotation), str(field.metadata), field.is_required())
            for name, field in model.model_fields.items()
        )
        structure = f"{role} {fields}"
        assert structure not in seen, f"{model.__qualname__} is {seen[structure]} again"
        seen[structure] = f"{model.__module__}.{model.__qualname__}"


def test_names_do_not_repeat_their_module() -> None:
    assert importlib.import_module("stablestudio.nano_banana_pro.edit").EditRequest.__name__ == "EditRequest"
    assert importlib.import_module("stablestudio._models").AcceptedJob.__name__ == "AcceptedJob"


def test_the_job_list_holds_what_the_status_route_answers() -> None:
    listed = routes()["jobs.list"].answer
    assert typing.get_args(listed.model_fields["items"].annotation) == (routes()["jobs.get"].answer,)


def test_prompt_stands_first_where_it_is_required() -> None:
    for model in models():
        required = [name for name, field in model.model_fields.items() if field.is_required()]
        assert list(model.model_fields)[: len(required)] == required
        # The one document that says otherwise is followed: an image to animate stands before its prompt.
        if "prompt" in required and not model.__module__.endswith("wan_2_6.i2v"):
            assert required[0] == "prompt", model


def test_an_answer_of_tomorrow_is_still_read() -> None:
    accepted = importlib.import_module("stablestudio._models").AcceptedJob
    read_one = accepted.model_validate(
        {"success": True, "jobId": "1", "status": "queued", "type": "image", "pollUrl": "https://x"}
    )
    assert (read_one.status, read_one.pollUrl) == ("queued", "https://x")


def test_urls_stay_as_they_are_given() -> None:
    edit = importlib.import_module("stablestudio.nano_banana_pro.edit")
    body = edit.EditRequest(prompt="a", images=["HTTPS://Example.com"])
    assert body.model_dump(mode="json") == {"prompt": "a", "images": ["HTTPS://Example.com"]}
    wrong: list[dict[str, Any]] = [{"image_size": "8K"}, {"image_size": None}, {"imagesize": "1K"}]
    for bad in [*wrong, {"prompt": ""}, {"images": []}]:
        with pytest.raises(ValidationError):
            edit.EditRequest(**{"prompt": "a", "images": ["x"], **bad})


def groups(client: type) -> dict[str, Any]:
    return {name: value for name, value in vars(client).items() if isinstance(value, cached_property)}


def test_both_faces_have_the_same_calls() -> None:
    sync, waiting = groups(stablestudio.StableStudio), groups(stablestudio.AsyncStableStudio)
    assert list(sync) == list(waiting)
    assert len(sync) == 17
    for name in sync:
        module = importlib.import_module(f"stablestudio.{name}")
        one, other = (
            vars(module)[value.func.__annotations__["return"]] for value in (sync[name], waiting[name])
        )
        assert issubclass(one, Group)
        assert list(groups(one)) == list(groups(other))
        for call in groups(one):
            plain, awaited = (groups(face)[call].func for face in (one, other))
            assert plain.__doc__ == awaited.__doc__
            title = plain.__annotations__["return"].partition("[")[0]
            assert awaited.__annotations__["return"].partition("[")[0] == title
            assert "Awaitable[" in awaited.__annotations__["return"]
            assert "Awaitable" not in plain.__annotations__["return"]
        if issubclass(one, UploadGroup):
            mine, theirs = (inspect.signature(face.__call__) for face in (one, other))
            assert list(mine.parameters) == list(theirs.parameters)


def test_every_path_of_one_face_is_a_call_of_the_other() -> None:
    plain = stablestudio.StableStudio(pay_with=[])
    waiting = stablestudio.AsyncStableStudio(pay_with=[])
    for name in groups(stablestudio.StableStudio):
        for call in groups(type(getattr(plain, name))):
            one, other = getattr(getattr(plain, name), call), getattr(getattr(waiting, name), call)
            assert type(one) is type(other)
            assert inspect.signature(type(one).__call__) == inspect.signature(type(other).__call__)
    plain.close()
    asyncio.run(waiting.aclose())


def test_every_parameter_is_documented() -> None:
    for name, route in routes().items():
        module = importlib.import_module(f"stablestudio.{name}")
        tree = ast.parse(inspect.getsource(module))
        call = next(
            node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "__call__"
        )
        doc = ast.get_docstring(call) or ""
        for argument in [*call.args.args[1:], *call.args.kwonlyargs]:
            assert f"    {argument.arg}: " in doc, (name, argument.arg)
        if route.access == "paid":
            assert "Costs $" in doc, name


def test_importing_the_package_loads_no_route() -> None:
    program = """if True:
        import sys, stablestudio
        print(sorted(name for name in sys.modules if name.startswith("stablestudio")))
        stablestudio.StableStudio(pay_with=[]).nano_banana_pro.edit
        print([name for name in sys.modules if name.startswith("stablestudio.") and name.count(".") == 2])
    """
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines() == ["['stablestudio']", "['stablestudio.nano_banana_pro.edit']"]


def test_every_file_says_that_it_is_not_to_be_edited() -> None:
    for path in FOLDER.rglob("*.py"):
        first = path.read_text().partition("\n")[0]
        assert first == "# Written by coinslot-codegen 0.1.0; do not edit."


def test_the_generator_knows_nothing_of_it() -> None:
    folder = ROOT / "codegen/src/coinslot_codegen"
    sources = [path.read_text() for path in folder.rglob("*.jinja")]
    sources += [code_of(path) for path in folder.rglob("*.py")]
    for word in ("stablestudio", "banana", "seedance", "veo-3", "gpt-image", "usdc", "solana", "vercel"):
        assert not any(word in source.lower() for source in sources), word


def code_of(path: Path) -> str:
    """Return a module without its docstrings, which may give examples."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [one for one in node.body if not is_text(one)] or [ast.Pass()]
    return ast.unparse(tree)


def is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
