"""What a paid call costs in time, beside the official Python client making the same calls.

Both pay the same sandbox on this machine, in a process of its own, turn by turn, so that a machine that slows
down slows both. The server's own time is in both figures, and in ours the one write that must be on the disk
before a credential leaves. The second line counts only the time that this process computed. In November 2026
the ratios were about 1.25 and 1.4 (docs/decisions.md says why they are not smaller).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

CALLS = 60
ROUTE = "/api/generate/grok/generate"


SERVE = """
import sys
from pathlib import Path
from coinslot_sandbox import Sandbox
document = Path("generated/stablestudio.openapi.json").read_bytes()
with Sandbox(document, time_scale=0, wallets=2).serve() as sandbox:
    print(sandbox.url, *(wallet.key for wallet in sandbox.wallets), flush=True)
    sys.stdin.read()
"""


def main() -> None:
    """Time calls in turn and print the medians of their ratios."""
    # A ledger that nobody else has; on a disk, where its synced write costs what it costs.
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as home, _sandbox() as (url, keys):
        os.environ["COINSLOT_HOME"] = home
        ours = _ours(url, keys[0])
        theirs = _theirs(url, keys[1].removeprefix("test:"))
        taken = [(_timed(ours, number), _timed(theirs, number)) for number in range(CALLS + 3)][3:]
    for place, title in enumerate(("paid call", "computed for it")):
        mine, official = ([1000 * call[side][place] for call in taken] for side in (0, 1))
        ratio = median(one / other for one, other in zip(mine, official, strict=True))
        print(f"{title}: ours {median(mine):.1f} ms, official {median(official):.1f} ms, ratio {ratio:.2f}")


@contextmanager
def _sandbox() -> Iterator[tuple[str, list[str]]]:
    command = [sys.executable, "-c", SERVE]
    with subprocess.Popen(  # noqa: S603 - our own program
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        url, *keys = server.stdout.readline().split() if server.stdout else []
        yield url, keys


def _ours(url: str, key: str) -> Callable[[int], object]:
    from stablestudio import StableStudio

    studio = StableStudio(
        pay_with=["base"], base_url=url, ceiling="50", environ={**os.environ, "COINSLOT_EVM_KEY": key}
    )
    return lambda number: studio.grok.generate(prompt=f"ours {number}")


def _theirs(url: str, key: str) -> Callable[[int], object]:
    from eth_account import Account
    from x402 import x402ClientSync
    from x402.http.clients import x402_requests
    from x402.mechanisms.evm import EthAccountSigner
    from x402.mechanisms.evm.exact.register import register_exact_evm_client

    client = x402ClientSync()
    register_exact_evm_client(client, EthAccountSigner(Account.from_key(key)))
    session = x402_requests(client)

    def call(number: int) -> object:
        answer = session.post(url + ROUTE, json={"prompt": f"theirs {number}"})
        answer.raise_for_status()
        return answer

    return call


def _timed(call: Callable[[int], object], number: int) -> tuple[float, float]:
    started, computed = time.perf_counter(), time.process_time()
    call(number)
    return time.perf_counter() - started, time.process_time() - computed


if __name__ == "__main__":
    main()
