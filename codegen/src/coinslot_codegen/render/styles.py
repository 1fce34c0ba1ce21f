"""How accepted answers become jobs, as constants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coinslot_codegen.document.model import JobSpec
from coinslot_codegen.render.security import alternatives
from coinslot_codegen.render.text import literal


@dataclass(frozen=True, slots=True)
class StyleView:
    """One constant of the module `_jobs`."""

    name: str
    arguments: str
    """Keyword arguments of the runtime's `JobStyle`, as source."""


def job_constant(jobs: Sequence[JobSpec], job: JobSpec) -> str:
    """Return the name of a job style's constant."""
    index = jobs.index(job)
    return "JOBS" if index == 0 else f"JOBS_{index + 1}"


def style(jobs: Sequence[JobSpec], job: JobSpec, shown: Sequence[Sequence[str]] = ()) -> StyleView:
    """Return the constant of one job style; `shown` is what its status route wants to be shown."""
    arguments = {
        "id": job.id_member,
        "path": job.status_path,
        "status": job.status_member,
        "result": job.result_member,
        "error": job.error_member,
        "progress": job.progress_member,
        "access": None if job.access == "signed" else job.access,
        "list_path": job.list_path,
        "items": job.items_member,
        "cursor": job.cursor_member,
    }
    # The runtime has a default for these two that is no None.
    kept = {
        name: value for name, value in arguments.items() if value is not None or name in ("error", "progress")
    }
    written = [f"{name}={literal(value)}" for name, value in kept.items()]
    if shown:
        written.append(f"security={alternatives(shown)}")
    return StyleView(job_constant(jobs, job), ", ".join(written))
