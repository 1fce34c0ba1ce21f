"""One page that tells what was spent: charts, tables and a gallery, and nothing that is fetched."""

from coinslot.spending.report._page import MARK, page

__all__ = ["MARK", "page"]
