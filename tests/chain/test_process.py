from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from coinslot_sandbox.chain import find_node_tools, local_chain

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
        os.kill(owner.pid, signal.SIGKILL)
        owner.wait()
    for _ in range(500):
        if not answers(url):
            break
        time.sleep(0.01)
    assert not answers(url)
