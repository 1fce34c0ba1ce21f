# Written by coinslot-codegen 0.1.0 from document e6447ed0e465; do not edit.
"""How accepted answers become jobs."""

from __future__ import annotations

from coinslot import JobStyle

JOBS = JobStyle(
    id="jobId",
    path="/api/jobs/{jobId}",
    status="status",
    result="result",
    error="error",
    progress="progress",
    list_path="/api/jobs",
    items="items",
    cursor="nextCursor",
)
