"""How `nox -s docs` makes a site of these pages."""

from __future__ import annotations

project = "Coinslot"
author = "the Coinslot authors"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
html_title = "Coinslot"
myst_heading_anchors = 3
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
add_module_names = False
# The pages point at code and tests, which the site does not hold; a test of ours follows those links.
suppress_warnings = ["myst.xref_missing", "ref.python"]
