"""A command line as the generator writes one, over a client that waits for nothing."""

from __future__ import annotations

from typing import Any

import click

from coinslot.backend import Surroundings
from coinslot.console import MEDIA, TEXT, Program, paid_call
from stablestudio import StableStudio

commands = click.Group()


@commands.command("generate")
@click.argument("prompt", type=TEXT)
@click.option("--aspect-ratio", type=click.Choice(["1:1", "16:9"]))
@click.option("--image-size")
@paid_call
def generate(client: StableStudio) -> Any:
    """Generate an image."""
    return client.nano_banana_pro.generate


@commands.command("edit")
@click.argument("prompt", type=TEXT)
@click.option("--images", "--image", "images", type=MEDIA, multiple=True, required=True)
@paid_call
def edit(client: StableStudio) -> Any:
    """Edit images."""
    return client.nano_banana_pro.edit


class Quick(StableStudio):
    def __init__(self, **options: Any) -> None:
        super().__init__(surroundings=Surroundings(sleep=lambda seconds: None), **options)


class Painting(Program):
    def load(self) -> type[Any]:
        return Quick


PROGRAM = Painting(
    name="paint",
    home="tests.many",
    client="StableStudio",
    about="Paints.",
    groups={"nano-banana-pro": ("painting", "Paint")},
    jobs=True,
    paid=True,
)
