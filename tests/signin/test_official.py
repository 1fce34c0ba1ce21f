"""The official server code reads and accepts what we sign, so that no mistake of ours agrees with itself."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from x402.extensions.sign_in_with_x import parse_siwx_header, validate_siwx_message, verify_siwx_signature

from coinslot import signin
from coinslot.backend import Setting, Surroundings
from coinslot.signin import Message, challenged, self_issued
from coinslot_base.backend import backend

# It loads a client library that imports what its own dependency has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:websockets.legacy is deprecated:DeprecationWarning")

IDENTITY = backend(Setting({"COINSLOT_EVM_KEY": "test:" + "c0" * 32})).identity
ORIGINS = ["https://api.example.com", "http://127.0.0.1:8402"]


def _accepted(message: Message, origin: str) -> None:
    payload = parse_siwx_header(signin.header(message, IDENTITY))

    validated = asyncio.run(validate_siwx_message(payload, origin))
    verified = asyncio.run(verify_siwx_signature(payload))

    assert validated.is_valid, validated.invalid_message
    assert verified.is_valid, verified.invalid_message
    assert verified.payer == IDENTITY.address


@pytest.mark.parametrize("origin", ORIGINS)
def test_a_message_of_our_own_is_accepted(origin: str) -> None:
    _accepted(self_issued(f"{origin}/api/jobs/job_1?limit=5", IDENTITY, Surroundings()), origin)


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize(
    "changes",
    [
        {"statement": "Sign in to verify your wallet identity"},
        {"statement": None},
        {"statement": ""},
        {"requestId": "req-1"},
        {"notBefore": "2026-01-01T00:00:00Z"},
    ],
    ids=str,
)
def test_an_answered_challenge_is_accepted(origin: str, changes: dict[str, Any]) -> None:
    now = datetime.now(UTC)
    info = {
        "domain": origin.partition("//")[2],
        "uri": f"{origin}/api/jobs/job_1",
        "version": "1",
        "nonce": "fedcba98765432100123456789abcdef",
        "issuedAt": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        **changes,
    }
    extension = {"info": info, "supportedChains": [{"chainId": "eip155:8453", "type": "eip191"}]}

    message = challenged({"sign-in-with-x": extension}, f"{origin}/api/jobs/job_1", IDENTITY, now.timestamp())

    _accepted(message, origin)
