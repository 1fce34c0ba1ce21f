"""`coinslot sandbox`: serve a paid document on this machine."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from coinslot_codegen.document.model import Api
    from coinslot_sandbox.counter import Network
    from coinslot_sandbox.sandbox import Sandbox


@click.command()
@click.argument("source", required=False)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=4020,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 takes a free one.",
)
@click.option("--time-scale", default=1.0, show_default=True, help="1: jobs take their usual time; 0: none.")
@click.option(
    "--jobs",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Rules (TOML) that tell how routes start jobs, as for `coinslot generate`.",
)
@click.option(
    "--plugin",
    "plugins",
    multiple=True,
    metavar="NAME",
    help="Read the document with a plugin, as `coinslot generate` does.",
)
@click.option("--polls", type=click.IntRange(1), help="Finish jobs at the n-th question instead of by time.")
@click.option("--fail-marker", help="Let jobs fail whose request holds this text.")
@click.option("--url-lifetime", type=float, help="Seconds that a result's address lives.")
@click.option("--page-size", default=5, show_default=True, type=click.IntRange(1), help="Jobs on a page.")
@click.option("--default-price", default="0.01", show_default=True, help="Dollars where no price is known.")
@click.option("--wallets", type=click.IntRange(0), help="Funded wallets to make.  [default: 1]")
@click.option(
    "--fund",
    "funded",
    multiple=True,
    metavar="ADDRESS",
    help="Give a wallet of your own play money, and make none; a test wallet, as others do not pay here. "
    "May be given several times.",
)
@click.option(
    "--x402-version",
    default="2",
    show_default=True,
    type=click.Choice(["1", "2"]),
    help="Version of the x402 challenges.",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="KIND[@LEG][=VALUE][:ROUTE][:TIMES]",
    help="Let something go wrong, once or so many times; --list-faults says what.",
)
@click.option("--list-faults", is_flag=True, help="Say what can go wrong on purpose, and end.")
@click.option(
    "--network",
    "networks",
    multiple=True,
    type=click.Choice(["base", "solana", "tempo"]),
    help="Take money there; may be given several times. [default: wherever it can be taken]",
)
@click.option("--chain", is_flag=True, help="Settle on local EVM nodes (needs node) instead of in memory.")
def sandbox(
    source: str | None,
    host: str,
    port: int,
    *,
    chain: bool,
    x402_version: str,
    faults: tuple[str, ...],
    list_faults: bool,
    funded: tuple[str, ...],
    **given: Any,
) -> None:
    """Serve the OpenAPI document SOURCE (file, URL, origin or -) as a paid API with play money.

    Without SOURCE a small example of its own is served.
    """
    if list_faults:
        _tell_faults()
        return
    from importlib.resources import files

    from coinslot_codegen.document import DocumentProblem, load
    from coinslot_sandbox.errors import SandboxError

    try:
        example = files("coinslot_sandbox") / "example.openapi.json"
        document = load(source) if source else example.read_bytes()
        api = _read(document, given.pop("plugins"), given)
        with ExitStack() as stack:
            given["networks"] = given["networks"] or _networks()
            options = {**given, "x402_version": int(x402_version), "faults": _faults(faults)}
            if options["wallets"] is None:
                options["wallets"] = 0 if funded else 1
            if chain:
                options |= _chains(stack, given["networks"])
            _run(api, host, port, funded, **options)
    except (SandboxError, DocumentProblem) as flaw:
        raise click.ClickException(str(flaw)) from flaw


def _read(document: bytes, plugins: tuple[str, ...], given: dict[str, Any]) -> Api:
    """Read the document as a client of it was generated; `given` are the other options."""
    if not plugins:
        from coinslot_codegen.document import read

        return read(document, allow_unsupported=True)
    from coinslot_codegen.extending.extensions import Extensions
    from coinslot_codegen.extending.options import Options

    # The rules are read with the plugins, which may tell of jobs themselves.
    extensions = Extensions.load(Options(plugins, jobs=given.pop("jobs")))
    return extensions.read(document, allow_unsupported=True)


def _networks() -> tuple[Network, ...]:
    from coinslot_sandbox.counter import payable

    return payable()


def _tell_faults() -> None:
    from coinslot_sandbox.faults import CATALOGUE

    for kind in CATALOGUE.values():
        click.echo(f"{kind.name}{f'={kind.value}' if kind.value else ''}\n    {kind.tells}")


def _faults(written: tuple[str, ...]) -> list[Any]:
    if not written:
        return []
    from coinslot_sandbox.faults import Fault

    try:
        return [Fault.read(text) for text in written]
    except ValueError as flaw:
        raise click.BadParameter(str(flaw), param_hint="--fault") from flaw


def _chains(stack: ExitStack, networks: tuple[Network, ...]) -> dict[str, Any]:
    from coinslot_sandbox.chain import local_chain

    chains: dict[str, Any] = {}
    if "base" in networks:
        chains["chain"] = stack.enter_context(local_chain())
    if "tempo" in networks:
        from coinslot_sandbox.chain.tempo import tempo_chain

        chains["tempo_chain"] = stack.enter_context(tempo_chain())
    return chains


def _run(api: Api, host: str, port: int, funded: tuple[str, ...], **options: Any) -> None:
    import asyncio

    from coinslot_sandbox.sandbox import Sandbox
    from coinslot_sandbox.server import address, listen, uvicorn_server

    served = Sandbox(api, **options)
    grants = [(one, _fund(served, one)) for one in funded]
    listener = listen(host, port)
    _announce(served, address(host, listener), grants)
    # Ctrl-C is how it is meant to end.
    with listener, suppress(KeyboardInterrupt):
        asyncio.run(uvicorn_server(served).serve([listener]))


def _fund(served: Sandbox, owner: str) -> list[Network]:
    """Give an address play money on each network whose addresses look so, and return these."""
    from coinslot_sandbox.wallets import is_address

    suited = [name for name in served.options.networks if is_address(owner, name)]
    if not suited:
        taken = ", ".join(served.options.networks)
        raise click.BadParameter(
            f"{owner!r} is no address on a network where money is taken ({taken}): "
            "'coinslot wallet show' prints it.",
            param_hint="--fund",
        )
    for name in suited:
        served.fund(owner, served.options.wallet_dollars, name)
    return suited


def _announce(served: Sandbox, url: str, grants: list[tuple[str, list[Network]]]) -> None:
    paid = sum(route.access == "paid" for route in served.api.routes)
    options = served.options
    nodes = [chain.rpc_url for chain in (options.chain, options.tempo_chain) if chain is not None]
    money = f"local chains at {' and '.join(nodes)}" if nodes else "memory"
    click.echo(f"{served.api.title}: {len(served.api.routes)} routes, {paid} of them paid, at {url}")
    click.echo(f"Document: {url}/openapi.json · money is kept in {money}")
    for wallet in served.wallets:
        click.echo()
        click.echo("TEST WALLET: WORTHLESS, for this sandbox only. Never send real money to it.")
        click.echo(f"  balance  {wallet.dollars} play dollars on {', '.join(served.options.networks)}")
        click.echo(f"  address  {wallet.address}")
        click.echo(f"  key      {wallet.key}")
        if wallet.solana_key:
            click.echo(f"  address on Solana  {wallet.solana_address}")
            click.echo(f"  key for Solana     {wallet.solana_key}")
    for owner, networks in grants:
        click.echo()
        click.echo(f"{owner} has {served.options.wallet_dollars} play dollars on {', '.join(networks)}.")
    click.echo()
    click.echo("Stop with Ctrl-C.")
