"""What it takes to start: importing the client, and the commands' help, beside the libraries under them.

Each figure is a process of its own, run in turn with its peer; the ratio is of the medians.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from statistics import median

RUNS = 15
BIN = Path(sys.executable).parent
PAIRS = (
    ("import of the client / httpx and pydantic", "import stablestudio", "import httpx, pydantic"),
    (
        "import of the client and one route / httpx and pydantic",
        "from stablestudio.nano_banana_pro import generate",
        "import httpx, pydantic",
    ),
)
HELP = (
    "ledger", "wallet", "trust", "doctor", "plugins", "sandbox", "mcp",
    "generate", "inspect", "check", "diff",
)  # fmt: skip
"""Subcommands, each of which is told of by its own modules."""
COMMANDS = (
    ("coinslot --help / import of its library", [str(BIN / "coinslot"), "--help"], "import click, rich"),
    (
        "stablestudio --help / import of its library",
        [str(BIN / "stablestudio"), "--help"],
        "import click, rich",
    ),
    (
        "stablestudio wan-2.6 i2v --help / import of its library",
        [str(BIN / "stablestudio"), "wan-2.6", "i2v", "--help"],
        "import click, rich",
    ),
    *(
        (
            f"coinslot {name} --help / import of its library",
            [str(BIN / "coinslot"), name, "--help"],
            "import click, rich",
        )
        for name in HELP
    ),
)


def main() -> None:
    """Print a ratio a line."""
    for title, ours, peer in PAIRS:
        _compare(title, _python(ours), _python(peer))
    for title, command, peer in COMMANDS:
        try:
            _compare(title, command, _python(peer))
        except (FileNotFoundError, subprocess.CalledProcessError):
            print(f"{title}: not measured, since that command is not installed here")


def _compare(title: str, ours: list[str], peer: list[str]) -> None:
    taken = [(_timed(ours), _timed(peer)) for _ in range(RUNS + 1)][1:]
    mine, other = (1000 * median(column) for column in zip(*taken, strict=True))
    print(f"{title}: {mine:.0f} ms / {other:.0f} ms, ratio {mine / other:.2f}")


def _python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def _timed(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - our own commands
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
