"""Reading documents: where they come from, what they say, and what their guidance adds.

This half of the generator is shared with the sandbox and imports neither the model generator nor
the templates.
"""

from __future__ import annotations

from coinslot_codegen.document.errors import DocumentError, DocumentProblem, SourceError
from coinslot_codegen.document.guidance import Guidance, GuidanceReader, MarkdownGuidance, RouteKey
from coinslot_codegen.document.model import Api, Finding, RouteSpec
from coinslot_codegen.document.reading import read
from coinslot_codegen.document.references import resolve
from coinslot_codegen.document.source import load

__all__ = [
    "Api",
    "DocumentError",
    "DocumentProblem",
    "Finding",
    "Guidance",
    "GuidanceReader",
    "MarkdownGuidance",
    "RouteKey",
    "RouteSpec",
    "SourceError",
    "load",
    "read",
    "resolve",
]
