"""What can be wrong with an extension."""

from __future__ import annotations

from coinslot_codegen.document.errors import DocumentProblem


class ExtensionRefused(DocumentProblem):
    """A plugin, a file of rules or a template override cannot be used. The text is one line."""
