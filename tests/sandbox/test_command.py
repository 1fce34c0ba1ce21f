from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from coinslot_sandbox.command import sandbox

pytestmark = pytest.mark.loopback

RUN = "from coinslot_sandbox.command import sandbox; sandbox()"


def test_the_command_serves_and_tells_worthless_wallets() -> None:
    command = [sys.executable, "-u", "-c", RUN, "--port", "0", "--wallets", "2", "--time-scale", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    guard = threading.Timer(60, process.kill)
    guard.start()
    assert process.stdout is not None
    with process.stdout as said:
        lines = []
        for line in said:
            lines.append(line)
            if line.startswith("Stop with"):
                break
        text = "".join(lines)
        assert text.count("WORTHLESS") == 2
        assert text.count("key      test:0x") == 2
        assert text.count("key for Solana     test:") == 2
        assert "on base, solana, tempo" in text
        url = text.split(" at ")[1].split()[0]
        assert httpx.get(f"{url}/openapi.json").json()["info"]["title"] == "Penny Press"
        os.kill(process.pid, signal.SIGINT)
        assert said.read() == ""
        assert process.wait() == 0
    guard.cancel()


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
