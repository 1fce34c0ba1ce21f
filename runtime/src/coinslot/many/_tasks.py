"""A map of the asynchronous client: one task for each request that is under way."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterable, Mapping
from contextlib import aclosing, closing
from typing import Any

import anyio

from coinslot.face import AsyncFace
from coinslot.many._course import Course
from coinslot.many._item import Item
from coinslot.many._outcome import MapReport


async def map_in_tasks(
    course: Course, face: AsyncFace, requests: Iterable[Mapping[str, Any]] | AsyncIterable[Mapping[str, Any]]
) -> MapReport[Any]:
    """Bring all requests to their outcomes; a cancellation reaches every one of them."""
    with closing(course):
        return await _mapped(course, face, requests)


async def _mapped(
    course: Course, face: AsyncFace, requests: Iterable[Mapping[str, Any]] | AsyncIterable[Mapping[str, Any]]
) -> MapReport[Any]:
    await face.perform(course.begin())
    free = anyio.Semaphore(course.concurrency)
    # The caller's own code may fail while others are being paid: what was begun is finished before.
    failures: list[Exception] = []

    async def work(item: Item) -> None:
        try:
            outcome = await face.perform(course.maker.outcome(item))
            course.take(outcome)
        except Exception as failure:  # noqa: BLE001 - raised below
            failures.append(failure)
        finally:
            free.release()

    async with aclosing(_each(requests)) as left, anyio.create_task_group() as tasks:
        while True:
            await free.acquire()
            try:
                item = None if failures else await _next(course, left)
            except Exception as failure:  # noqa: BLE001 - raised below
                failures.append(failure)
                item = None
            if item is None:
                break
            tasks.start_soon(work, item)
    if failures:
        raise failures[0]
    return await face.perform(course.report())


async def _next(course: Course, left: AsyncIterator[Mapping[str, Any]]) -> Item | None:
    while not course.over:
        try:
            request = await anext(left)
        except StopAsyncIteration:
            return None
        item = course.item(request)
        if item is not None:
            return item
    return None


async def _each(
    requests: Iterable[Mapping[str, Any]] | AsyncIterable[Mapping[str, Any]],
) -> AsyncGenerator[Mapping[str, Any]]:
    if isinstance(requests, AsyncIterable):
        async for request in requests:
            yield request
    else:
        for request in requests:
            yield request
