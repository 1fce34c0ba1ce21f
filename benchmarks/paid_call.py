"""What a paid call costs in time, beside the official Python client making the same calls.

Both pay the same sandbox on this machine, turn by turn, so that a machine that slows down slows both.
The server's own time is in both figures; what is left is ours to keep small.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

CALLS = 60
ROUTE = "/api/generate/grok/generate"


def main() -> None:
    """Time calls in turn and print the ratio of their medians."""
    from coinslot_sandbox import Sandbox

    document = Path("generated/stablestudio.openapi.json").read_bytes()
    # A ledger that nobody else has; on a disk, where its synced write costs what it costs.
    with (
        tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as home,
        Sandbox(document, time_scale=0, wallets=2).serve() as sandbox,
    ):
        os.environ["COINSLOT_HOME"] = home
        ours = _ours(sandbox.url, sandbox.wallets[0].key)
        theirs = _theirs(sandbox.url, sandbox.wallets[1].key.removeprefix("test:"))
        taken = [(_timed(ours, number), _timed(theirs, number)) for number in range(CALLS + 3)][3:]
    mine, official = (1000 * median(column) for column in zip(*taken, strict=True))
    print(f"paid call: ours {mine:.1f} ms, official {official:.1f} ms, ratio {mine / official:.2f}")


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


def _timed(call: Callable[[int], object], number: int) -> float:
    started = time.perf_counter()
    call(number)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
