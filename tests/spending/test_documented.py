"""The page on spending names every command and option."""

from __future__ import annotations

from pathlib import Path

import click

from coinslot.commands.ledger import ledger
from coinslot.spending import GROUPINGS

PAGE = (Path(__file__).parents[2] / "docs" / "spending.md").read_text("utf-8")
ELSEWHERE = {"--force", "--pay-with", "--note", "--yes"}  # what the command's own help is enough for


def test_every_command_and_option_is_on_the_page() -> None:
    for name, command in ledger.commands.items():
        assert name in PAGE
        options = [one for one in command.params if isinstance(one, click.Option)]
        for option in options:
            named = {*option.opts, *option.secondary_opts}
            assert named & ELSEWHERE or any(one in PAGE for one in named), (name, named)
    assert all(f"`{grouping}`" in PAGE for grouping in GROUPINGS)
