"""`coinslot wallet`: the keys that pay, made and kept. No secret is ever shown, or taken as an argument."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from coinslot.commands._balance import balance
from coinslot.commands._columns import columns
from coinslot.commands._wallet_names import (
    MAIN,
    WALLET,
    WalletName,
    family_of,
    problems_told,
    stored,
    wallets_here,
)
from coinslot.errors import ConfigurationError
from coinslot.terminal import columns_of, say
from coinslot.wallets.keyrings import SYSTEMS

if TYPE_CHECKING:
    from coinslot.keys import Key
    from coinslot.wallets.family import KeyFamily

F = TypeVar("F", bound=Callable[..., Any])
STRAYS = {"allow_extra_args": True}
NAMED = "WALLET is its family, such as evm, or FAMILY/NAME where there are several."
PATH = click.Path(path_type=Path, dir_okay=False)


@click.group(help="The keys that pay: made, kept and watched here. A wallet is named FAMILY or FAMILY/NAME.")
def wallet() -> None:
    """Group the wallet's subcommands."""


def _keeping(command: F) -> F:
    """Add the options of what makes a wallet."""
    for option in (
        click.option(
            "--test", is_flag=True, help="A test wallet: pays only on this machine and private networks."
        ),
        click.option(
            "--keyring", type=click.Choice(list(SYSTEMS)), help="Keep the secret in this system keyring."
        ),
        click.option(
            "--passphrase-file",
            type=PATH,
            help="Read the passphrase that the wallet and its backup get from this file (mode 0600).",
        ),
        click.option("--backup", type=PATH, help="Write an encrypted backup here, and open it to test it."),
        click.option("--no-backup", is_flag=True, help="Go without a backup, at your own risk."),
        click.option(
            "--qr/--no-qr", default=None, help="Show the address as a QR code; in terminals unless told."
        ),
    ):
        command = option(command)
    return command


@wallet.command(context_settings=STRAYS, help=f"Make a wallet with a new secret. {NAMED}")
@click.argument("name", metavar="[WALLET]", type=WALLET, required=False)
@_keeping
@click.pass_context
def new(ctx: click.Context, /, name: WalletName | None, **options: Any) -> None:
    """Make a secret and keep it."""
    from coinslot.keys import Key

    _refuse_strays(ctx)
    with problems_told():
        family = family_of(name)
        _keep(family, name, lambda: Key(family.generate(), test=options["test"]), **options)


@wallet.command(
    "import", context_settings=STRAYS, help=f"Keep a secret that you have, asked for without echo. {NAMED}"
)
@click.argument("name", metavar="[WALLET]", type=WALLET, required=False)
@click.option("--from-file", type=PATH, help="Read it from this file (mode 0600): a key, or a V3 keystore.")
@click.option("--from-fd", type=click.IntRange(min=0), help="Read it from this open file descriptor.")
@click.option("--from-env", metavar="VARIABLE", help="Read it from this variable of the environment.")
@click.option(
    "--keystore-passphrase-file",
    type=PATH,
    help="Read the passphrase of a keystore that is imported from this file (mode 0600).",
)
@_keeping
@click.pass_context
def import_(
    ctx: click.Context,
    /,
    name: WalletName | None,
    *,
    from_file: Path | None,
    from_fd: int | None,
    from_env: str | None,
    keystore_passphrase_file: Path | None,
    **options: Any,
) -> None:
    """Keep a secret that exists."""
    from coinslot.commands._secrets import Source, read_secret

    _refuse_strays(ctx)
    source = Source(from_file, from_fd, from_env, keystore_passphrase_file)
    with problems_told():
        family = family_of(name)
        _keep(family, name, lambda: read_secret(source, family, test=options["test"]), **options)


@wallet.command("list", help="All wallets; the one that pays is marked.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")
def list_(*, as_json: bool) -> None:
    """List what is stored, without opening any."""
    from dataclasses import asdict

    with problems_told():
        wallets = wallets_here()
        known = [(each, wallets.default(each.family) == each) for each in wallets.all()]
    if as_json:
        for each, pays in known:
            told = {name: value for name, value in asdict(each).items() if name != "mark"}
            click.echo(json.dumps({**told, "pays": pays}))
        return
    if not known:
        say("There is no wallet yet: coinslot wallet new")
        return
    rows = [
        (
            "*" if pays else "",
            each.title,
            each.address,
            "test" if each.test else "live",
            each.kept,
            each.backup,
        )
        for each, pays in known
    ]
    headings = ("", "wallet", "address", "kind", "kept in", "backup tested")
    table = [headings, *((*row[:-1], row[-1] or "never") for row in rows)]
    for line in columns(table, columns_of(sys.stdout), first=3):
        click.echo(line)


@wallet.command(
    short_help="The address of a wallet, to fund it.",
    help="The address of a wallet, to fund it; of all that pay without WALLET.",
)
@click.argument("name", metavar="[WALLET]", type=WALLET, required=False)
@click.option("--check", is_flag=True, help="Open it, and derive the address from the secret again.")
@click.option("--qr/--no-qr", default=None, help="Show the address as a QR code; in terminals unless told.")
def show(name: WalletName | None, *, check: bool, qr: bool | None) -> None:
    """Show addresses."""
    from coinslot.commands._funding import show_address
    from coinslot.wallets.opening import open_wallet

    with problems_told():
        wallets = wallets_here()
        if name is not None:
            chosen = [stored(wallets, name)]
        else:
            chosen = [each for each in wallets.all() if wallets.default(each.family) == each]
        if not chosen:
            say("There is no wallet yet: coinslot wallet new")
        for each in chosen:
            if check:
                open_wallet(wallets, each, family_of(WalletName(each.family, None)), os.environ)
                say(f"{each.title} opens, and its secret is that of its address.")
            show_address(each, qr=qr)


@wallet.command(help="Let WALLET pay from now on.")
@click.argument("name", metavar="WALLET", type=WALLET)
def use(name: WalletName) -> None:
    """Choose the default wallet of a family."""
    from coinslot.wallets.payers import key_setting

    with problems_told():
        wallets = wallets_here()
        chosen = stored(wallets, name)
        wallets.use(chosen)
        say(f"{chosen.title} ({chosen.address}) pays from now on.")
        family = family_of(name)
        for variable in (key_setting(family, os.environ), family.wallet_variable):
            if variable and os.environ.get(variable):
                say(f"But {variable} is set, and goes before that: unset it.")


@wallet.command(help="Write an encrypted copy of WALLET, and open it to test it.")
@click.argument("name", metavar="WALLET", type=WALLET)
@click.argument("path", type=PATH)
@click.option(
    "--passphrase-file", type=PATH, help="Read the passphrase that the copy gets from this file (mode 0600)."
)
@click.option(
    "--wallet-passphrase-file",
    type=PATH,
    help="Read the passphrase that opens the wallet itself from this file (mode 0600).",
)
def backup(
    name: WalletName, path: Path, passphrase_file: Path | None, wallet_passphrase_file: Path | None
) -> None:
    """Back a wallet up."""
    from coinslot.commands._backups import back_up
    from coinslot.commands._secrets import new_passphrase
    from coinslot.keys import read_private
    from coinslot.wallets.asking import somebody_there
    from coinslot.wallets.making import check_place
    from coinslot.wallets.opening import needs_asking, open_wallet

    with problems_told():
        wallets = wallets_here()
        chosen = stored(wallets, name)
        check_place(path.expanduser())
        family = family_of(name)
        environ = dict(os.environ)
        if wallet_passphrase_file is not None:
            read_private(wallet_passphrase_file, "The file that --wallet-passphrase-file names")
            environ[family.password_variable] = str(wallet_passphrase_file)
        elif passphrase_file is not None and needs_asking(chosen, family, environ) and not somebody_there():
            raise ConfigurationError(
                f"{chosen.title} is opened first, with its own passphrase: name a file with that too, by "
                f"--wallet-passphrase-file or {family.password_variable}. --passphrase-file is the copy's."
            )
        named_by = None if wallet_passphrase_file is None else "--wallet-passphrase-file"
        key = open_wallet(wallets, chosen, family, environ, named_by=named_by)
        passphrase = new_passphrase(family, passphrase_file, f"Passphrase for the backup of {chosen.title}")
        back_up(
            path, chosen, family, key, wallets=wallets, passphrase=passphrase, passphrase_file=passphrase_file
        )


wallet.add_command(balance)


def _keep(family: KeyFamily, name: WalletName | None, make: Callable[[], Key], **options: Any) -> None:
    """Ask all that is to be asked, then make the secret, keep it, and test its backup."""
    from coinslot.commands._backups import back_up, place_of_backup, today
    from coinslot.commands._funding import show_address
    from coinslot.commands._secrets import new_passphrase
    from coinslot.wallets.making import keep_in_file, keep_in_keyring
    from coinslot.wallets.payers import key_setting

    wallets, short = wallets_here(), (name.name if name else None) or MAIN
    wallets.check_free(family.name, short)
    system, passphrase_file = options["keyring"], options["passphrase_file"]
    # Whatever a secret is read from is taken out of this process's environment, and stays in the shell's.
    variable = key_setting(family, os.environ)
    key = make()
    place = place_of_backup(key, **options)
    passphrase = b""
    if system is None or place is not None:
        what = "wallet" if system is None else "backup"
        passphrase = new_passphrase(family, passphrase_file, f"Passphrase for the {what}")
    if system is None:
        made = keep_in_file(wallets, family, short, key, passphrase=passphrase, today=today())
    else:
        made = keep_in_keyring(wallets, family, short, key, system=system, today=today())
    say(f"Stored {made.title}; read back from there, its address is {made.address}.")
    if place is not None:
        try:
            back_up(
                place,
                made,
                family,
                key,
                wallets=wallets,
                passphrase=passphrase,
                passphrase_file=passphrase_file,
            )
        except (click.Abort, ConfigurationError):
            say(f"It has no tested backup yet: coinslot wallet backup {made.title} FILE")
            raise
        made = wallets.get(made.family, made.name)
    if wallets.default(made.family) == made:
        say(f"It pays wherever {family.key_variable} is not set.")
    else:
        say(f"Another pays: coinslot wallet use {made.title} makes it this one.")
    if variable:
        say(f"{variable} is set too, and goes before every wallet: unset it.")
    show_address(made, qr=options["qr"])


def _refuse_strays(ctx: click.Context) -> None:
    if ctx.args:
        raise click.UsageError(
            "A secret is never given as an argument: the shell's history and every process on this machine "
            "can read it, so if one stood there, take it for known to others. Without it you are asked, "
            "unseen; programs use --from-file, --from-fd or --from-env of coinslot wallet import."
        )
