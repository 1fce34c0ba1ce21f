"""Where other people's documents are."""

from __future__ import annotations

import os
from pathlib import Path


def documents() -> list[Path]:
    """Return the files of the folder that `COINSLOT_CORPUS` names, else of the one beside the repository."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "spec" / "others"
    folder = Path(os.environ.get("COINSLOT_CORPUS") or beside)
    return sorted(path for path in folder.glob("*") if path.suffix in {".json", ".yaml", ".yml"})
