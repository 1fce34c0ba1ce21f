"""Keeps a program alive exactly as long as the process that wants it.

Run as a script: `keeper.py PROGRAM ARGUMENT...`. When standard input ends, which it does however
the other process dies, the program is killed. So no test run, not even one that is killed itself,
leaves a node behind.
"""

from __future__ import annotations

import subprocess
import sys
import threading


def main() -> int:
    """Run the program until it ends or standard input does."""
    program = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)  # noqa: S603 # the chain module names it

    def watch() -> None:
        sys.stdin.buffer.read()
        program.kill()

    threading.Thread(target=watch, daemon=True).start()
    return program.wait()


if __name__ == "__main__":
    sys.exit(main())
