"""A node in a process of its own, which ends when we do."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from coinslot_sandbox.chain import keeper
from coinslot_sandbox.errors import ChainUnavailable

PATIENCE_SECONDS = 30


@contextmanager
def running_node(program: Path, settings: Sequence[str], patience: float) -> Iterator[str]:
    """Run a node on this machine until the block ends, and give its address. Raises `ChainUnavailable`."""
    with tempfile.TemporaryFile() as output:
        command = [sys.executable, "-S", "-E", str(Path(keeper.__file__)), str(program), *settings]
        # A session of its own: Ctrl-C is for us, who still want to ask the node.
        node = subprocess.Popen(  # noqa: S603 # npm's own binary
            command, stdin=subprocess.PIPE, stdout=output, stderr=output, start_new_session=True
        )
        try:
            yield _address(node, output, patience)
        finally:
            if node.stdin is not None:
                node.stdin.close()
            node.wait(PATIENCE_SECONDS)


def _address(node: subprocess.Popen[bytes], output: IO[bytes], patience: float) -> str:
    """Wait until the node says where it listens, and return that."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        output.seek(0)
        said = output.read().decode(errors="replace")
        address, whole, _ = said.rpartition("Listening on ")[2].partition("\n")
        if "Listening on " in said and whole:
            return f"http://{address.strip()}"
        if node.poll() is not None:
            raise ChainUnavailable(f"the node ended at once: {said.strip()[-500:]}")
        time.sleep(0.02)
    raise ChainUnavailable(f"the node said nothing for {patience:.0f} s")
