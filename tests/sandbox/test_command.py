from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from coinslot_sandbox import counter
from coinslot_sandbox.command import sandbox

pytestmark = pytest.mark.loopback

PATIENCE_SECONDS = 600
"""After which a command that says nothing is given up; loading what it needs takes long on a busy machine."""
RUN = "from coinslot_sandbox.command import sandbox; sandbox()"


@contextmanager
def serving(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run the command until the block ends; give it, and what it said before it served."""
    command = [sys.executable, "-u", "-c", RUN, "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        guard = threading.Timer(PATIENCE_SECONDS, process.kill)
        guard.start()
        try:
            assert process.stdout is not None
            lines: list[str] = []
            for line in process.stdout:
                lines.append(line)
                if line.startswith("Stop with"):
                    break
            yield process, "".join(lines)
        finally:
            guard.cancel()
            process.kill()


def test_the_command_serves_and_tells_worthless_wallets() -> None:
    with serving("--wallets", "2", "--time-scale", "0") as (process, text):
        assert text.count("WORTHLESS") == 2
        assert text.count("key      test:0x") == 2
        assert text.count("key for Solana     test:") == 2
        assert "on base, solana, tempo" in text
        url = text.split(" at ")[1].split()[0]
        assert httpx.get(f"{url}/openapi.json").json()["info"]["title"] == "Penny Press"
        os.kill(process.pid, signal.SIGINT)
        assert process.stdout is not None
        assert process.stdout.read() == ""
        assert process.wait() == 0


def test_a_wallet_of_ones_own_gets_play_money() -> None:
    evm, solana = "0x5e37D84E69BdB7b2338B4B9d3D4242CC136C0B89", "4Nd1mBQtrMJVYVfKf2PJy9NZUZdTAsp7D4xWLs4gDB4T"
    with serving("--fund", evm, "--fund", solana) as (_, said):
        pass
    assert f"{evm} has 1000 play dollars on base, tempo." in said
    assert f"{solana} has 1000 play dollars on solana." in said
    assert "WORTHLESS" not in said


def test_what_is_no_address_gets_nothing() -> None:
    done = CliRunner().invoke(sandbox, ["--port", "0", "--fund", "evm/play"])
    assert done.exit_code == 2
    assert "'evm/play' is no address on a network where money is taken (base, " in " ".join(
        done.output.split()
    )


def test_a_backend_for_a_network_brings_not_all_that_taking_money_there_needs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def without_solana(name: str) -> object:
        return None if name == "solana" else find_spec(name)

    monkeypatch.setattr(counter, "find_spec", without_solana)
    assert counter.payable() == ("base", "tempo")
    done = CliRunner().invoke(sandbox, ["--port", "0", "--network", "solana"])
    told = "Taking money on solana needs more packages (solana): pip install './plugins/sandbox[solana]'"
    assert told in " ".join(done.output.split())


def test_help_loads_nothing_heavy() -> None:
    check = "import sys; from coinslot_sandbox.command import sandbox; print('web3' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_bad_source_is_one_line(tmp_path: Path) -> None:
    done = CliRunner().invoke(sandbox, [str(tmp_path / "none.json")])
    assert done.exit_code == 1
    assert done.output.startswith("Error: ")
    assert len(done.output.strip().splitlines()) == 1


def test_it_tells_what_can_go_wrong() -> None:
    done = CliRunner().invoke(sandbox, ["--list-faults"])
    assert done.exit_code == 0
    assert "drop-after-settlement\n    The money moved" in done.output


def test_a_fault_that_does_not_exist_is_told() -> None:
    done = CliRunner().invoke(sandbox, ["--fault", "nonsense"])
    assert done.exit_code == 2
    assert "no fault is called 'nonsense'" in done.output
