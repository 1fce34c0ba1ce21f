"""The template engine, set up once for each folder of overrides."""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TypeAlias

from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader, StrictUndefined, TemplateError

from coinslot_codegen.extending.errors import ExtensionRefused
from coinslot_codegen.extending.options import ENDING

Templates: TypeAlias = Environment


@cache
def templates() -> Templates:
    """Return the package's own templates."""
    return _environment()


def overridden(folder: Path) -> Templates:
    """Return the templates of a folder before the package's own. Raises ExtensionRefused at file and line."""
    from coinslot_codegen.render.overrides import OWN, overrides_in

    environment = _environment()
    own = environment.loader
    loader = overrides_in(folder, environment)
    assert own is not None  # noqa: S101 - set below
    environment.loader = ChoiceLoader([loader, PrefixLoader({OWN.rstrip("/"): own}), own])
    return environment


def rendered(environment: Templates, template: str, view: Mapping[str, object]) -> str:
    """Return what `template` makes of `view`. Raises ExtensionRefused where an override asks in vain."""
    try:
        text: str = environment.get_template(f"{template}{ENDING}").render(view)
    except (TemplateError, TypeError, ValueError) as error:
        raise ExtensionRefused(f"{_place(error) or f'{template}{ENDING}'}: {error}") from error
    # Parts that are not there leave their blank lines behind.
    return re.sub(r"\n{3,}", "\n\n", text)


def _environment() -> Environment:
    """Nothing is escaped here: what reaches a template is source already, made by `text` and `names`."""
    return Environment(  # noqa: S701 - Python is written, not HTML
        loader=PackageLoader("coinslot_codegen", "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _place(error: BaseException) -> str | None:
    """Return file and line of the template in which an error came up."""
    frames = traceback.extract_tb(error.__traceback__)
    return next(
        (f"{frame.filename}:{frame.lineno}" for frame in reversed(frames) if frame.filename.endswith(ENDING)),
        None,
    )
