"""What is wrong with a value is said as a person says it, and never in a library's words."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from coinslot.console._wording import refusal
from tests.console.conftest import Run


class Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    prompt: Annotated[str, Field(min_length=1, max_length=5)] = "a"
    name: Annotated[str, Field(min_length=3)] = "abc"
    seed: Annotated[int, Field(ge=0, lt=10)] = 1
    size: Literal["1K", "2K"] = "1K"
    images: Annotated[list[str], Field(min_length=1, max_length=2)] = ["a"]
    loud: bool = False


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"prompt": ""}, "must not be empty"),
        ({"prompt": "sunset"}, "must have at most 5 characters, not 6"),
        ({"name": "ab"}, "must have at least 3 characters, not 2"),
        ({"seed": -1}, "must be at least 0, not -1"),
        ({"seed": 10}, "must be less than 10, not 10"),
        ({"seed": "x"}, "must be a whole number"),
        ({"size": "3K"}, "must be '1K' or '2K'"),
        ({"images": []}, "takes at least 1, not 0"),
        ({"images": ["a", "b", "c"]}, "takes at most 2, not 3"),
        ({"loud": "yes"}, "must be true or false"),
        ({"prompt": 5}, "must be text"),
        ({"colour": "red"}, "is not taken"),
    ],
)
def test_words(given: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError) as flawed:
        Asked(**given)
    assert refusal(flawed.value.errors()[0]) == told


@pytest.mark.loopback
def test_a_text_is_too_long_in_the_terms_of_its_option(run: Run) -> None:
    assert "'PROMPT': must not be empty" in run("wan-2.6", "t2v", "").stderr
    long = run("wan-2.6", "t2v", "x" * 2001).stderr
    assert "'PROMPT': must have at most 2000 characters, not 2001" in long


@pytest.mark.loopback
def test_a_text_of_several_words_belongs_in_quotes(run: Run) -> None:
    told = run("nano-banana-pro", "generate", "A", "sunset").stderr
    assert 'put it in quotes, as in "A sunset"' in told


@pytest.mark.loopback
def test_what_stands_without_a_name_is_no_option(run: Run) -> None:
    told = run("nano-banana-pro", "generate", "--prompt", "A sunset").stderr
    assert 'PROMPT stands without a name, in quotes, as in "A sunset"' in " ".join(told.split())
    other = run("nano-banana-pro", "generate", "A sunset", "--size", "2K").stderr
    assert "stands without a name" not in other


@pytest.mark.loopback
def test_what_is_no_number(run: Run) -> None:
    assert "'--seed': 'x' is no whole number." in run("wan-2.6", "t2v", "waves", "--seed", "x").stderr
    assert "'--timeout': 'x' is no number." in run("wan-2.6", "t2v", "waves", "--timeout", "x").stderr


@pytest.mark.loopback
def test_a_file_of_which_nothing_can_be_told(run: Run, tmp_path: Any) -> None:
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / "nothing.png").write_bytes(b"")
    edit = ("nano-banana-pro", "edit", "At night", "--image")
    done = run(*edit, "notes.txt")
    assert done.exit_code == 2
    assert "'stablestudio upload notes.txt --media-type TYPE'" in done.stderr
    assert "is empty" in run(*edit, "nothing.png").stderr
    done = run("upload", "notes.txt")
    assert done.exit_code == 2
    assert "--media-type" in done.stderr
