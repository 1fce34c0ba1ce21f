"""One image, from the document of an API to a file on disk, then paid three ways: `nox -s demo`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from coinslot.commands.listing import table
from coinslot.ledger import SqliteLedger
from coinslot.money import show
from coinslot.origin import origin_of
from coinslot_sandbox import Sandbox, payable
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
        networks = payable()
        api = Sandbox(DOCUMENT.read_bytes(), networks=networks, time_scale=SPEED, wallet_dollars="5")
        with api.serve() as server:
            step("A sandbox of the API", f"{server.url} (play money, real signatures)")
            regenerate(server.url)
            wallet = server.wallets[0]
            os.environ.update(wallet.environ)
            step("A test wallet", f"{wallet.address}, ${wallet.dollars} of play money on every network")
            buy(server.url, out / "sunset.png")
            left = server.sandbox.balance(wallet.address)
            step("What the wallet holds now", f"${left / 10**server.sandbox.asset.decimals:.3f}")
            buy_the_same(server.url, networks, out)


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


def buy_the_same(url: str, backends: Sequence[str], out: Path) -> None:
    """Pay for the same image with each backend; nothing but its name changes."""
    found = Table("pay_with", "protocol", "price", "paid by", "transaction", "image", box=None)
    with ExitStack() as opened:
        jobs = {}
        for name in backends:
            studio = opened.enter_context(StableStudio(pay_with=[name], max_price="0.25", base_url=url))
            jobs[name] = studio.nano_banana_pro.generate(prompt=PROMPT, image_size="2K", aspect_ratio="16:9")
        ledger = opened.enter_context(closing(SqliteLedger()))
        for name, job in jobs.items():
            path = job.wait().save(out / f"sunset-{name}.png")
            attempt = ledger.by_job(origin_of(url), job.id)
            if attempt is not None:
                sides = (attempt.terms.payer, attempt.transaction or "")
                payer, transaction = (f"{side[:6]}…{side[-4:]}" for side in sides)
                protocol = attempt.offer.protocol
                found.add_row(name, protocol, show(attempt.price), payer, transaction, path.name)
    step("The same image, paid in every way that the API offers", "")
    console.print(found)


def step(what: str, result: str) -> None:
    """Print one step and what came of it."""
    console.print(f"[bold]{what}[/bold]", result, sep="\n  ", soft_wrap=True)


if __name__ == "__main__":
    main()
