"""`upload`: a file becomes an address that calls can refer to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from coinslot.console._options import serving, taken
from coinslot.console._session import session_of
from coinslot.console._values import DOLLARS, unknown


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--media-type", metavar="TYPE", help="What the file holds, where its bytes do not tell.")
@click.option("--max-price", "_max_price", type=DOLLARS, help="What the upload may cost at most, in dollars.")
@serving
@click.pass_context
def upload(ctx: click.Context, /, file: Path, media_type: str | None, **given: Any) -> None:
    """Upload a file, and print its address. Whoever has the address can read the file."""
    from coinslot.console._agreeing import check_upload
    from coinslot.console._ends import say_interrupted
    from coinslot.console._interrupted import money_known
    from coinslot.uploads import steps_of

    terms, _ = taken(given)
    session = session_of(ctx)
    session.as_json = terms.as_json
    if media_type is None and unknown(file):
        raise click.UsageError(
            f"What {file} holds cannot be told from its bytes: say it with --media-type, as in "
            "'--media-type image/png'.",
            ctx,
        )
    with session.client(pay_with=terms.pay_with, base_url=terms.base_url, tells_uploads=True) as client:
        check_upload(client, terms.max_price)
        send = getattr(client, str(session.program.uploads))
        try:
            url = send(file, media_type=media_type, max_price=terms.max_price)
        except KeyboardInterrupt:
            steps = steps_of(client)
            if steps is not None:
                say_interrupted(session, money_known(session, client, steps.token, terms.base_url))
            raise
    session.finish(url, url=url, file=str(file))
