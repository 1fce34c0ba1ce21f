"""Routes that no document has: files that are fetched, and files that are put."""

from __future__ import annotations

from coinslot_codegen.document.model import RouteSpec


def stray(method: str, path: str) -> RouteSpec:
    """Return a free route without any schema."""
    return RouteSpec(
        pointer="",
        method=method,
        path=path,
        operation_id=None,
        group="",
        name="",
        title=path,
        summary="",
        description="",
        tags=(),
        access="open",
        security=(),
        payment=None,
        price=None,
        parameters=(),
        bodies=(),
        answers=(),
        time=None,
        poll_seconds=0,
        poll_provenance="default",
        job=None,
        result=None,
        result_lifetime_seconds=None,
    )
