"""The Python of our pages runs as it stands there, against a sandbox."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from coinslot_sandbox.media.picture import picture

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.loopback
@pytest.mark.usefixtures("own_class_pays_a_sandbox")
@pytest.mark.parametrize(
    ("page", "blocks", "made"),
    [
        ("README.md", 1, "sunset.png"),
        ("docs/files.md", 2, "pictures/nano-banana-pro-*.png"),
        ("docs/many.md", 1, "animals/0003_*.png"),
    ],
)
def test_an_example_runs_as_it_stands(page: str, blocks: int, made: str) -> None:
    Path("photo.png").write_bytes(picture("photo", "A photo", {})[0])
    text = (ROOT / page).read_text("utf-8")
    program = "".join(re.findall(r"^```python\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)[:blocks])
    exec(compile(program, page, "exec"), {})  # noqa: S102 - our own text
    (file,) = Path().glob(made)
    assert file.read_bytes().startswith(b"\x89PNG")
