"""What a generated package's module of upload steps holds."""

from __future__ import annotations

from tests.runtime.studio import UPLOAD

STEPS = UPLOAD
