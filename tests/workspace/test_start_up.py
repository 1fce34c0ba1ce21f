"""What must not be loaded before it is needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

SIGNERS = ("eth_account", "coincurve", "solders")
WRITERS = ("datamodel_code_generator", "jinja2", "black")
SERVERS = ("starlette", "uvicorn", "x402")
LEDGER = ("sqlite3",)
TERMINAL = ("click", "rich")


@pytest.mark.parametrize(
    ("statement", "unwanted"),
    [
        ("import coinslot", (*SIGNERS, *TERMINAL, *LEDGER)),
        ("from stablestudio import StableStudio, AsyncStableStudio", (*SIGNERS, *TERMINAL, *LEDGER)),
        ("import coinslot_base.backend", ("eth_account",)),
        ("import coinslot_codegen", WRITERS),
        ("import coinslot_codegen.document", WRITERS),
    ],
)
def test_import_loads_only_what_it_needs(statement: str, unwanted: tuple[str, ...]) -> None:
    assert not _loaded_by(statement) & set(unwanted)


def test_help_loads_no_signer_no_writer_and_no_server() -> None:
    asked = "from coinslot._cli import main; sys.argv = ['coinslot', '--help']; main()"
    loaded = _loaded_by(f"import contextlib\nwith contextlib.suppress(SystemExit): {asked}")
    assert not loaded & {*SIGNERS, *WRITERS, *SERVERS}


def _loaded_by(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint('loaded', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    last = done.stdout.splitlines()[-1].split()
    assert last[0] == "loaded"
    return set(last[1:])
