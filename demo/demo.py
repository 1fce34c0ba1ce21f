"""One paid image, from the document of an API to a file on disk, on this machine: `nox -s demo`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from coinslot.commands.ledger import table
from coinslot.ledger import SqliteLedger
from coinslot_sandbox import Sandbox
from stablestudio import StableStudio

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "generated/stablestudio.openapi.json"
CLIENT = ROOT / "generated/stablestudio"
PROMPT = "A sunset over the sea"
SPEED = 0.3
"""Jobs take this part of the time that the guidance names."""

console = Console(highlight=False)


def main() -> None:
    """Run the demo in a folder of its own, so that nobody's ledger is touched."""
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "demo-output").resolve()
    out.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="coinslot-demo-") as home:
        os.environ["COINSLOT_HOME"] = home
        with Sandbox(DOCUMENT.read_bytes(), time_scale=SPEED, wallet_dollars="5").serve() as server:
            step("A sandbox of the API", f"{server.url} (play money, real signatures)")
            regenerate(server.url)
            wallet = server.wallets[0]
            os.environ["COINSLOT_EVM_KEY"] = wallet.key
            step("A test wallet", f"{wallet.address}, ${wallet.dollars} of play money on Base")
            buy(server.url, out / "sunset.png")
            left = server.sandbox.balance(wallet.address)
            step("What the wallet holds now", f"${left / 10**server.sandbox.asset.decimals:.3f}")


def regenerate(url: str) -> None:
    """Show that the committed client is what the generator makes of the served document."""
    command = [sys.executable, "-m", "coinslot", "generate", url, "--output", str(CLIENT)]
    said = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own command
    step("The client, generated anew from it", said.stdout.strip().rpartition(": ")[2])


def buy(url: str, path: Path) -> None:
    """Quote, pay, wait and save; then show what is on record."""
    with StableStudio(pay_with=["base"], max_price="0.25", base_url=url) as studio:
        quote = studio.nano_banana_pro.generate.quote(prompt=PROMPT, image_size="2K")
        step("Its price", str(quote))
        job = studio.nano_banana_pro.generate(prompt=PROMPT, image_size="2K", aspect_ratio="16:9")
        step("Paid once; the job", job.id)
        columns = (TextColumn("  {task.description}"), BarColumn(), TimeElapsedColumn())
        with Progress(*columns, console=console) as progress:
            bar = progress.add_task("waiting", total=100)
            result = job.wait(
                on_progress=lambda state: progress.update(
                    bar, completed=state.progress or 0, description=state.status or "waiting"
                )
            )
            progress.update(bar, completed=100)
        result.save(path)
        step("The image", f"{path} ({path.stat().st_size} bytes)")
    attempts = SqliteLedger().attempts()
    step("The receipt", str(attempts[-1].receipt))
    step("The ledger", "")
    console.print(table(attempts))


def step(what: str, result: str) -> None:
    """Print one step and what came of it."""
    console.print(f"[bold]{what}[/bold]", result, sep="\n  ", soft_wrap=True)


if __name__ == "__main__":
    main()
