"""Building what users install."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.workspace.distributions import Distribution


def wheel_of(one: Distribution, home: Path) -> Path:
    """Build a distribution's wheel into an empty folder."""
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(home)]
    subprocess.run(build, cwd=one.root, check=True, capture_output=True)
    (wheel,) = home.glob("*.whl")
    return wheel
