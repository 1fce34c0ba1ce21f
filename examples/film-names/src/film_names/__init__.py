"""Calls as this team wants them, whatever the API's paths are."""

from __future__ import annotations

from coinslot_codegen.document import Api
from coinslot_codegen.extending.model import added, hidden, renamed
from coinslot_codegen.hookspecs import hookimpl

USAGE = {
    "summary": "How much was used this month",
    "responses": {
        "200": {
            "description": "The figures",
            "content": {
                "application/json": {
                    "schema": {"type": "object", "properties": {"films": {"type": "integer"}}}
                }
            },
        }
    },
}


@hookimpl
def coinslot_codegen_change_model(api: Api) -> Api:
    """Rename the one call that matters, hide what is not for users, add what the document forgot."""
    api = renamed(api, "POST /v1/films", group="film", name="make")
    api = hidden(api, "* /v1/internal/*")
    return added(api, "GET", "/v1/usage", USAGE)
