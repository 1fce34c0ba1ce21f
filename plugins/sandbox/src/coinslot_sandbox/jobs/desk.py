"""The job routes: accept, tell, list, delete, in the document's own shapes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from coinslot_codegen.document.model import JobSpec, RouteSpec
from coinslot_sandbox.answers import Answers
from coinslot_sandbox.clock import timestamp
from coinslot_sandbox.exchange import Exchange, Work
from coinslot_sandbox.jobs.pages import page
from coinslot_sandbox.jobs.store import Job, Jobs, State
from coinslot_sandbox.jobs.words import state_words
from coinslot_sandbox.reply import refusal

Results = Callable[[Job, str], Mapping[str, Any]]
"""Gives a finished job's result, with fresh URLs at the given origin."""

_ADDRESSES = ("pollUrl", "poll_url", "statusUrl", "status_url", "polling_url")
"""What documents call the address where a job's state is told."""

FAILURE = "The sandbox was told to let this job fail."


class Desk:
    """Answers the job routes of one document."""

    def __init__(self, jobs: Jobs, answers: Answers, results: Results, *, page_size: int) -> None:
        self._jobs = jobs
        self._answers = answers
        self._results = results
        self._page_size = page_size

    def accept(self, exchange: Exchange) -> Response:
        """Make a job of the request."""
        spec = _spec(exchange.route)
        numbered = self._answers.counts(exchange.route, spec.id_member)
        job = self._jobs.start(exchange.route, exchange.inputs.body, exchange.identity, numbered=numbered)
        exchange.job = job
        words = state_words(self._answers.schema(exchange.route), spec.status_member, self._answers.dialect)
        told_at = exchange.origin + re.sub(r"\{[^}]*\}", job.id, spec.status_path)
        return self._answers.make(
            exchange.route,
            {
                "success": True,
                spec.id_member: job.id,
                spec.status_member: words.waiting,
                "type": _type(job.route),
                **dict.fromkeys(_ADDRESSES, told_at),
            },
        )

    def tell(self, spec: JobSpec) -> Work:
        """Return what answers a question for one job's state."""

        def work(exchange: Exchange) -> Response:
            job = self._mine(spec, exchange)
            if isinstance(job, Response):
                return job
            state = self._jobs.poll(job)
            known = self._known(job, spec, state, exchange, self._answers.schema(exchange.route))
            return self._answers.make(exchange.route, known)

        return work

    def list(self, spec: JobSpec) -> Work:
        """Return what answers a question for all jobs of the caller, the newest first, in small pages."""
        bare = _unwrapped(spec)

        def work(exchange: Exchange) -> Response:
            query = exchange.inputs.query
            schema = self._answers.items_schema(exchange.route, spec.items_member)
            mine = [job for job in self._jobs if _same(job, spec) and job.owner == exchange.identity]
            found = [self._known(job, bare, self._jobs.look(job), exchange, schema) for job in reversed(mine)]
            if (wanted := query.get("status")) is not None:
                found = [known for known in found if known[bare.status_member] == wanted]
            chosen, cursor = page(found, query, self._page_size)
            return self._answers.make(
                exchange.route,
                {
                    spec.items_member or "items": [self._answers.instance(schema, known) for known in chosen],
                    spec.cursor_member or "nextCursor": cursor,
                },
            )

        return work

    def delete(self, spec: JobSpec) -> Work:
        """Return what deletes a failed job."""

        def work(exchange: Exchange) -> Response:
            job = self._mine(spec, exchange)
            if isinstance(job, Response):
                return job
            if self._jobs.look(job).phase != "failed":
                return refusal(409, "conflict", "only failed jobs can be deleted")
            job.deleted = True
            return self._answers.make(exchange.route, {"success": True, "id": job.id, spec.id_member: job.id})

        return work

    def _mine(self, spec: JobSpec, exchange: Exchange) -> Job | Response:
        job = self._jobs.find(next(reversed(list(exchange.inputs.path.values())), ""))
        if job is None or not _same(job, spec):
            return refusal(404, "not_found", "no such job")
        if exchange.identity is not None and job.owner is not None and job.owner != exchange.identity:
            return refusal(403, "forbidden", "this job was paid for by another wallet")
        return job

    def _known(
        self, job: Job, spec: JobSpec, state: State, exchange: Exchange, schema: Any
    ) -> dict[str, Any]:
        words = state_words(schema, spec.status_member, self._answers.dialect)
        phase = state.phase
        known: dict[str, Any] = {
            "id": job.id,
            spec.id_member: job.id,
            "type": _type(job.route),
            "input": job.input,
            spec.status_member: words.of(phase),
            "createdAt": timestamp(job.created),
            "updatedAt": timestamp(state.updated),
            spec.result_member: self._results(job, exchange.origin) if phase == "done" else None,
        }
        if spec.progress_member:
            known[spec.progress_member] = state.progress
        if spec.error_member:
            known[spec.error_member] = FAILURE if phase == "failed" else None
        return known


def _spec(route: RouteSpec) -> JobSpec:
    if route.job is None:
        raise ValueError(f"{route.path} makes no jobs")
    return route.job


def _unwrapped(spec: JobSpec) -> JobSpec:
    """Return the names of members as they stand in a list, where nothing is wrapped around each job."""
    members = ("id_member", "status_member", "result_member", "error_member", "progress_member")
    named = {member: getattr(spec, member) for member in members}
    return replace(spec, **{member: name and name.rpartition(".")[2] for member, name in named.items()})


def _same(job: Job, spec: JobSpec) -> bool:
    """Return whether a job's state is told by the same route."""
    return job.route.job is not None and job.route.job.status_path == spec.status_path


def _type(route: RouteSpec) -> str:
    """Return what the API calls such a job, as in `nano-banana-pro-edit`."""
    return "-".join([part for part in route.path.split("/") if part and "{" not in part][-2:])
