"""Examine every document, with types and style: `python -m tests.corpus` prints one line for each."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.corpus.documents import documents
from tests.corpus.examining import Examined, examine, package_name
from tests.corpus.hard import HARD
from tests.corpus.odds import DOCUMENT

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Return how many documents did not come out whole."""
    sources = [(path.stem, path.read_bytes()) for path in documents()]
    sources.append(("(our own oddities)", json.dumps(DOCUMENT).encode()))
    sources += [(f"(our own: {name})", json.dumps(one).encode()) for name, one in HARD.items()]
    with TemporaryDirectory() as place:
        # The folder's name is the one that the lint settings know generated code by.
        root = Path(place) / "generated"
        found = [_examined(name, source, root / package_name(name)) for name, source in sources]
        for one in found:
            one.problems += _judged(root.parent, package_name(one.name))
    print(f"{'document':<36} {'in':>4} {'out':>4} {'calls':>6} {'paid':>6} {'warnings':>8}")  # noqa: T201
    for one in found:
        figures = f"{one.operations:>4} {one.came_out:>4} {one.calls:>6} {one.paid:>6} {len(one.warnings):>8}"
        print(f"{one.name:<36} {figures}")  # noqa: T201
        for line in one.problems:
            print(f"    {line}")  # noqa: T201
    return sum(bool(one.problems) for one in found)


def _examined(name: str, source: bytes, folder: Path) -> Examined:
    try:
        return examine(source, name, folder)
    except Exception as error:  # noqa: BLE001 - one document must not hide the others
        return Examined(name, 0, problems=[f"{type(error).__name__}: {error}"])


def _judged(place: Path, package: str) -> list[str]:
    source = f"generated/{package}/src/{package}"
    if not (place / source).is_dir():
        return []
    mypy = [
        sys.executable,
        "-m",
        "mypy",
        "--config-file=",
        "--strict",
        "--cache-dir",
        str(place / "cache"),
        source,
    ]
    ruff = [sys.executable, "-m", "ruff"]
    checked = [*ruff, "check", "--no-cache", "--output-format", "concise"]
    problems = []
    for command in (
        mypy,
        [*checked, "--config", str(ROOT / "generated" / "ruff.toml"), source],
        [*checked, "--isolated", source],
        [*ruff, "format", "--no-cache", "--isolated", "--check", source],
    ):
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
        if done.returncode:
            lines = (done.stdout + done.stderr).splitlines()
            problems += [*lines[:5], f"… {lines[-1]}"]
    return problems


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
