from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from coinslot_sandbox.chain import find_node_tools, local_chain
from coinslot_sandbox.chain.process import running_node

pytestmark = pytest.mark.chain

KILLED = """
import sys, time
from coinslot_sandbox.chain import local_chain
with local_chain() as chain:
    print(chain.rpc_url, flush=True)
    time.sleep(60)
"""


def answers(url: str) -> bool:
    from coinslot_sandbox.chain import LocalChain

    try:
        return bool(LocalChain(url).rpc("eth_chainId"))
    except OSError:
        return False


def test_the_node_ends_with_its_block() -> None:
    with local_chain(chain_id=84532) as chain:
        assert chain.rpc("eth_chainId") == hex(84532)
        assert answers(chain.rpc_url)
    assert not answers(chain.rpc_url)


def test_the_node_ends_when_its_owner_is_killed() -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", KILLED],
        stdout=subprocess.PIPE,
        text=True,
        cwd=find_node_tools().folder,
    )
    assert owner.stdout is not None
    with owner.stdout as said:
        url = said.readline().strip()
        assert answers(url)
        place = urlsplit(url)
        with socket.create_connection((place.hostname, place.port), timeout=60) as line:
            os.kill(owner.pid, signal.SIGKILL)
            owner.wait()
            # Whoever is connected to the node is told when it ends.
            with suppress(ConnectionResetError):
                assert line.recv(1) == b""
    assert not answers(url)


def test_an_address_is_read_when_all_of_it_is_there() -> None:
    said = "import time; print('Listening on 127.0.0.', end='', flush=True); time.sleep(0.1); print('1:4020')"
    with running_node(Path(sys.executable), ["-c", f"{said}; time.sleep(60)"], 60) as address:
        assert address == "http://127.0.0.1:4020"
