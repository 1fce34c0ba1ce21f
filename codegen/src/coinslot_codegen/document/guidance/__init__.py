"""Reading the guidance that stands beside a document.

`GuidanceReader` is the interface of a style; `MarkdownGuidance` the style that comes along.
"""

from __future__ import annotations

from coinslot_codegen.document.guidance.reader import MarkdownGuidance
from coinslot_codegen.document.guidance.said import Guidance, GuidanceReader, RouteKey

__all__ = ["Guidance", "GuidanceReader", "MarkdownGuidance", "RouteKey"]
