"""`client.recover()`: what an earlier program left open comes home through a new client."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from coinslot import PaymentOutcomeUnknown
from tests.payments.conftest import broken
from tests.runtime.studio import AsyncStudio, Draw, ImageResult, Server, Studio


def test_a_job_that_was_not_waited_for_comes_home(
    made: dict[str, Any], server: Server, tmp_path: Path
) -> None:
    with Studio(**made) as first:
        Draw(first)(prompt="a cat")
    with Studio(**made) as second:
        (left,) = second.recover()
        assert left.job is not None
        result = left.job.wait()
        assert isinstance(result, ImageResult)
        result.save(tmp_path / "cat.png")
        assert second.recover() == []
    assert len(server.shop.paid) == 1


def test_a_client_of_the_user_s_own_class_recovers_too(made: dict[str, Any]) -> None:
    own = type("Own", (Studio,), {"__module__": "somewhere.else"})
    with own(**made) as client:
        Draw(client)(prompt="a cat")
        (left,) = client.recover()
        assert left.job is not None
        assert isinstance(left.job.wait(), ImageResult)


def test_a_call_without_an_answer_is_shown(made: dict[str, Any], server: Server) -> None:
    server.shop.answers = [broken(httpx.ReadTimeout)] * 20
    with Studio(**made) as first, pytest.raises(PaymentOutcomeUnknown):
        Draw(first)(prompt="a cat")
    with Studio(**made) as second:
        (left,) = second.recover()

    assert left.job is None
    assert "no job known" in str(left)
    assert len(server.shop.credentials) == 1


@pytest.mark.anyio
async def test_the_async_client_recovers_too(made: dict[str, Any], server: Server) -> None:
    with Studio(**made) as first:
        Draw(first)(prompt="a cat")
    async with AsyncStudio(**made) as second:
        (left,) = await second.recover()
        assert left.job is not None
        assert isinstance(await left.job.wait(), ImageResult)
