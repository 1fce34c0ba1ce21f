"""Official servers in node, run for as long as a test wants them."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PATIENCE_SECONDS = 10


@contextmanager
def node_server(script: str, *arguments: str) -> Iterator[str]:
    """Run a script of this folder until the block ends, and give the address that it says first.

    It ends with its standard input, however this process ends. Raises RuntimeError with its last words
    where it does not start.
    """
    command = ["node", str(Path(__file__).parent / script), *arguments]
    with (
        tempfile.TemporaryFile("w+") as complaints,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints, text=True
        ) as server,
    ):
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            origin = server.stdout.readline().strip()
            if not origin:
                complaints.seek(0)
                raise RuntimeError(f"{script} does not start: {complaints.read()[-2000:]}")
            yield origin
        finally:
            server.stdin.close()
            server.wait(_PATIENCE_SECONDS)
