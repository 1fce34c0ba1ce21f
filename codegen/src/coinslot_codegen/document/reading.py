"""A whole document, read: operations first, then what the guidance adds, then what they disagree on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from coinslot_codegen.document.errors import DocumentError, EndlessReference
from coinslot_codegen.document.flaws import schema_flaws
from coinslot_codegen.document.guidance import GuidanceReader, MarkdownGuidance
from coinslot_codegen.document.guidance.join import join
from coinslot_codegen.document.guidance.said import Guidance
from coinslot_codegen.document.job_rules import JobRules, with_rules
from coinslot_codegen.document.jobs import read_jobs
from coinslot_codegen.document.model import Api, Finding, Report, RouteSpec
from coinslot_codegen.document.operations import Server, read_operations, read_server, with_jobs
from coinslot_codegen.document.references import (
    broken_references,
    misplaced_references,
    place_of,
    without_lost,
)
from coinslot_codegen.document.results import with_documented_results
from coinslot_codegen.document.security import read_schemes
from coinslot_codegen.document.syntax import parse_with_slips
from coinslot_codegen.document.takes import with_media


def read(
    data: bytes,
    *,
    reader: GuidanceReader | None = None,
    job_rules: JobRules | None = None,
    allow_unsupported: bool = False,
) -> Api:
    """Everything that was understood of a document.

    `reader` reads another style of guidance than Markdown tables, lists and fences; `job_rules` tell
    of jobs that the document's structure does not show. A `$ref` that leads nowhere raises
    `DocumentError` where nobody can tell what to send without it; with `allow_unsupported` it becomes a
    finding. Raises `SourceError` if the bytes are
    no OpenAPI 3 document with paths.
    """
    document, findings = parse_with_slips(data)
    findings += without_lost(document)
    findings += _references(document, allow_unsupported=allow_unsupported)
    findings += schema_flaws(document)
    server = read_server(document, findings.append)
    routes = _routes(document, server, job_rules, findings.append)
    text, at = _guidance(document, findings)
    said = (reader or MarkdownGuidance()).read(text, at, routes, document) if text else Guidance()
    joined = join(document, routes, said, at)
    schemes, flaws = read_schemes(document, joined.routes)
    findings = [*_still_true(findings, joined.routes), *joined.findings, *flaws]
    info = document.get("info")
    info = info if isinstance(info, Mapping) else {}
    if not _text(info.get("title")):
        findings.append(Finding("flaw", "#/info/title", "there is no title; the API is called API"))
    return Api(
        title=_text(info.get("title")) or "API",
        version=_text(info.get("version")),
        description=_text(info.get("description")),
        origin=server.origin,
        openapi=str(document["openapi"]),
        routes=with_media(document, joined.routes, joined.upload, said.media_members),
        upload=joined.upload,
        recommendations=joined.recommendations,
        findings=tuple(sorted(set(findings), key=lambda one: (one.kind, one.pointer, one.message))),
        document=document,
        guidance=text,
        source=data,
        schemes=schemes,
        offers=said.offers,
    )


def _references(document: Mapping[str, Any], *, allow_unsupported: bool) -> Iterator[Finding]:
    """What is wrong with references. Raises DocumentError for one that a route needs, unless allowed."""
    needed, others = broken_references(document)
    for one in needed:
        if _is_any_value(one):
            yield Finding("flaw", one.pointer, f"{one.message}; any value is taken there")
        elif not allow_unsupported:
            raise one
        else:
            yield Finding("unsupported", one.pointer, one.message)
    for one in others:
        yield Finding("flaw", one.pointer, f"{one.message}; no route needs it")
    yield from misplaced_references(document)


def _routes(
    document: Mapping[str, Any], server: Server, job_rules: JobRules | None, report: Report
) -> list[RouteSpec]:
    """The routes with their jobs and what those hold, as far as the document and the rules tell."""
    routes = read_operations(document, server.base, report)
    routes = with_jobs(routes, read_jobs(document, routes))
    if job_rules is not None:
        routes = with_rules(document, routes, job_rules(document, routes))
    return with_documented_results(document, routes)


def _is_any_value(problem: DocumentError) -> bool:
    """Whether a schema says of itself nothing but that it is itself."""
    if not isinstance(problem, EndlessReference):
        return False
    return place_of(problem.pointer) == "schema" or problem.target.startswith("#/components/schemas/")


def _still_true(findings: Sequence[Finding], routes: Sequence[RouteSpec]) -> Iterator[Finding]:
    """Without the unknown prices that the guidance has told meanwhile."""
    told = {f"{route.pointer}/x-payment-info" for route in routes if route.price}
    told |= {route.pointer for route in routes if route.price}
    for finding in findings:
        if finding.kind != "default" or finding.pointer not in told:
            yield finding


def _guidance(document: Mapping[str, Any], findings: list[Finding]) -> tuple[str | None, str]:
    """The guidance and where it stands: `x-guidance`, or the older `guidance`."""
    info = document.get("info")
    info = info if isinstance(info, Mapping) else {}
    texts: list[tuple[str, str]] = []
    for name in ("x-guidance", "guidance"):
        said = info.get(name)
        if isinstance(said, list) and all(isinstance(line, str) for line in said) and said:
            findings.append(
                Finding("flaw", f"#/info/{name}", "is a list; it is read as one line after the other")
            )
            said = "\n".join(said)
        elif said and not isinstance(said, str):
            findings.append(Finding("flaw", f"#/info/{name}", "is no text; it is left out"))
        if said and isinstance(said, str):
            texts.append((name, said))
    if not texts:
        return None, "#/info/x-guidance"
    if len({text for _, text in texts}) > 1:
        findings.append(
            Finding(
                "disagreement", "#/info/guidance", "differs from `x-guidance`, which is the one that is read"
            )
        )
    return texts[0][1], f"#/info/{texts[0][0]}"


def _text(value: object) -> str:
    return str(value).strip() if isinstance(value, str | int | float) else ""
