"""The programs that a chain needs: node, npm's anvil, npm's solc."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from coinslot_sandbox.errors import ChainUnavailable

_SYSTEMS = {"Linux": "linux", "Darwin": "darwin", "Windows": "win32"}
_MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


@dataclass(frozen=True, slots=True)
class NodeTools:
    """Where node is, and the folder that holds `node_modules`."""

    node: Path
    folder: Path
    anvil: Path


def find_node_tools(folder: Path | None = None) -> NodeTools:
    """Return the programs; raises `ChainUnavailable`, which says what is missing.

    `node_modules` is looked for in `folder`, else in the folder that the environment's
    `COINSLOT_NODE_FOLDER` names, else from here upwards.
    """
    node = shutil.which("node")
    if node is None:
        raise ChainUnavailable("a local chain needs node (20 or later), which is not installed")
    package = f"anvil-{_SYSTEMS.get(platform.system(), '?')}-{_MACHINES.get(platform.machine().lower(), '?')}"
    for candidate in _candidates(folder):
        home = candidate / "node_modules" / "@foundry-rs" / package / "bin"
        for anvil in (home / "anvil", home / "anvil.exe"):
            if anvil.is_file() and (candidate / "node_modules" / "solc").is_dir():
                return NodeTools(Path(node), candidate, anvil)
    raise ChainUnavailable(
        "a local chain needs the npm packages @foundry-rs/anvil and solc: run `npm ci` where package.json is"
    )


def _candidates(folder: Path | None) -> Iterator[Path]:
    named = folder or os.environ.get("COINSLOT_NODE_FOLDER")
    if named:
        yield Path(named).resolve()
        return
    here = Path.cwd()
    yield from (here, *here.parents)


@lru_cache(maxsize=4)
def token_code(tools: NodeTools) -> str:
    """Return the token's run-time code in hexadecimal digits; raises `ChainUnavailable`."""
    contracts = files("coinslot_sandbox") / "contracts"
    done = subprocess.run(  # noqa: S603 # node itself, on a script of our own
        [str(tools.node), str(contracts / "compile.cjs"), str(tools.folder)],
        input=(contracts / "Token.sol").read_text(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise ChainUnavailable(f"the token does not compile: {done.stderr.strip()[:500]}")
    return "0x" + done.stdout.strip()
