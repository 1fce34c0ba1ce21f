"""The page on wallets names every command, option and setting."""

from __future__ import annotations

from pathlib import Path

import click

from coinslot.commands.doctor import doctor
from coinslot.commands.wallet import wallet
from coinslot.wallets.family import load_families

PAGE = (Path(__file__).parents[2] / "docs" / "wallet.md").read_text("utf-8")
ELSEWHERE = {"--qr", "--passphrase-file", "--json"}  # what every command's own help is enough for


def test_every_command_and_option_is_on_the_page() -> None:
    for name, command in {**wallet.commands, "doctor": doctor}.items():
        assert name in PAGE
        options = [one for one in command.params if isinstance(one, click.Option)]
        named = {option.opts[0] for option in options} - ELSEWHERE
        assert all(option in PAGE for option in named), (name, named)


def test_every_setting_is_on_the_page() -> None:
    for family in load_families().values():
        for setting in (family.key_variable, family.file_variable, family.wallet_variable):
            assert setting in PAGE
        assert family.password_variable.removeprefix(family.prefix) in PAGE
