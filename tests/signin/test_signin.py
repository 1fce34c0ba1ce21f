"""SIGN-IN-WITH-X: published texts, signatures and headers, and every challenge that is not signed."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coinslot import signin
from coinslot.backend import Identity, Setting
from coinslot.errors import SignInRefused
from coinslot.signin import Message, challenged, offered_chains, self_issued
from coinslot_base.backend import backend
from coinslot_base.wallet import signer_of
from tests.base.parts import NOW, payer, surroundings, vectors

URL = "https://api.example.com/api/jobs/job_1"
EVM = vectors("siwe_evm")
SOLANA = vectors("siwx_solana")


@dataclass
class FakeSolana:
    """An identity of another chain: only its text is tested here."""

    address: str
    signature: str
    chains: tuple[str, ...] = ("solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp",)
    signature_type: str = "ed25519"
    account_kind: str = "Solana"
    blank_line_without_statement: bool = False

    def sign(self, text: str) -> str:
        return self.signature


def _message(info: dict[str, Any]) -> Message:
    return Message(
        domain=info["domain"],
        uri=info["uri"],
        chain=info["chainId"],
        signature_type=info["type"],
        nonce=info["nonce"],
        issued_at=info["issuedAt"],
        statement=info.get("statement"),
        expires_at=info.get("expirationTime"),
        not_before=info.get("notBefore"),
        request_id=info.get("requestId"),
        resources=tuple(info.get("resources", ())),
    )


@pytest.mark.parametrize("vector", EVM, ids=[vector["name"] for vector in EVM])
def test_published_evm_vector(vector: dict[str, Any]) -> None:
    expected = vector["expected"]
    message = _message(vector["input"]["info"])
    identity = backend(Setting({"COINSLOT_EVM_KEY": vector["input"]["privateKey"]})).identity

    assert signin.text(message, identity) == expected["message"]
    assert identity.sign(signin.text(message, identity)) == expected["signature"]
    assert signin.header(message, identity) == expected["header"]


@pytest.mark.parametrize("vector", SOLANA, ids=[vector["name"] for vector in SOLANA])
def test_published_solana_vector(vector: dict[str, Any]) -> None:
    expected = vector["expected"]
    message = _message(vector["input"]["info"])
    identity = FakeSolana(expected["address"], expected["signature"])

    assert signin.text(message, identity) == expected["message"]
    assert signin.header(message, identity) == expected["header"]


IDENTITY: Identity = payer().identity
INFO: dict[str, Any] = {
    "domain": "api.example.com",
    "uri": URL,
    "version": "1",
    "nonce": "fedcba98765432100123456789abcdef",
    "issuedAt": "2026-01-01T00:00:00.000Z",
    "statement": "Sign in to verify your wallet identity",
    "expirationTime": "2026-01-01T00:05:00.000Z",
}
CHAINS = [{"chainId": "eip155:8453", "type": "eip191"}]


def _extensions(chains: object = None, **changes: Any) -> dict[str, Any]:
    info = {name: value for name, value in {**INFO, **changes}.items() if value != "absent"}
    return {"sign-in-with-x": {"info": info, "supportedChains": CHAINS if chains is None else chains}}


def _read(url: str = URL, now: float = NOW, chains: object = None, **changes: Any) -> Message:
    return challenged(_extensions(chains, **changes), url, IDENTITY, now)


def test_a_challenge_is_signed_as_it_came() -> None:
    message = _read()
    sent = json.loads(base64.b64decode(signin.header(message, IDENTITY)))

    assert {name: sent[name] for name in INFO} == INFO
    assert (sent["chainId"], sent["type"], sent["address"]) == ("eip155:8453", "eip191", IDENTITY.address)
    assert _signer(message) == IDENTITY.address


ACCEPTED: list[dict[str, Any]] = [
    {"statement": "absent"},
    {"statement": None},
    {"statement": ""},
    {"statement": "x" * 200},
    {"expirationTime": "absent"},
    {"expirationTime": "2026-01-01T02:05:00+02:00"},
    {"expirationTime": "2026-01-01T00:05:00.000012Z"},
    {"issuedAt": "2026-01-01T00:00:00Z"},
    {"issuedAt": "2026-01-01T00:00:59Z", "expirationTime": "absent"},
    {"notBefore": "2026-01-01T00:00:00Z"},
    {"requestId": "req-1%20"},
    {"resources": []},
    {"resources": None},
    {"resources": ["https://api.example.com/api/jobs/job_1"]},
    {"domain": "API.example.com"},
    {"domain": "api.example.com:443"},
    {"uri": "https://api.example.com:443/api/jobs/job_1"},
    {"nonce": "a1B2c3D4"},
    {"nonce": "9" * 128},
    {"further": {"member": "\n"}},
]


@pytest.mark.parametrize("changes", ACCEPTED, ids=str)
def test_accepted(changes: dict[str, Any]) -> None:
    assert _signer(_read(**changes)) == IDENTITY.address


REFUSED: list[dict[str, Any]] = [
    {"domain": "api.example.com.evil.example"},
    {"domain": "evil.example"},
    {"domain": "api.example.com:8443"},
    {"domain": "user@api.example.com"},
    {"domain": "api.example.com\nURI: https://evil.example"},
    {"domain": "https://api.example.com"},
    {"domain": ""},
    {"domain": None},
    {"uri": "https://evil.example/api/jobs/job_1"},
    {"uri": "http://api.example.com/api/jobs/job_1"},
    {"uri": "https://api.example.com:8443/api/jobs/job_1"},
    {"uri": "https://api.example.com/api/jobs/job_2"},
    {"uri": "https://api.example.com/"},
    {"uri": "https://user@api.example.com/api/jobs/job_1"},
    {"uri": URL + "?further=1"},
    {"uri": URL + "#part"},
    {"uri": URL + "\nVersion: 1"},
    {"uri": URL + " "},
    {"uri": "javascript:alert(1)"},
    {"uri": None},
    {"version": "2"},
    {"version": 1},
    {"version": "absent"},
    {"nonce": "short12"},
    {"nonce": "9" * 129},
    {"nonce": "fedcba98-7654-3210"},
    {"nonce": "fedcba98\n7654"},
    {"nonce": "fedcba9876543210\n"},
    {"nonce": "\uff46\uff45dcba98"},
    {"nonce": 12345678},
    {"nonce": "absent"},
    {"issuedAt": "2026-01-01T00:01:01Z"},
    {"issuedAt": "2025-12-31T23:53:59Z"},
    {"issuedAt": "2026-01-01"},
    {"issuedAt": "2026-01-01 00:00:00Z"},
    {"issuedAt": "2026-01-01T00:00:00"},
    {"issuedAt": "2026-13-01T00:00:00Z"},
    {"issuedAt": "2026-01-01T00:00:00Z\nNonce: 1"},
    {"issuedAt": 1767225600},
    {"issuedAt": "absent"},
    {"expirationTime": "2026-01-01T00:05:01Z"},
    {"expirationTime": "2025-12-31T23:58:00Z"},
    {"expirationTime": "9999-12-31T23:59:59Z"},
    {"expirationTime": "never"},
    {"expirationTime": 0},
    {"notBefore": "2026-01-01T00:02:00Z"},
    {"notBefore": "soon"},
    {"statement": "x" * 201},
    {"statement": "Sign in\n\nURI: https://evil.example"},
    {"statement": "Sign in\r"},
    {"statement": "Sign in\u2028"},
    {"statement": "Sign in \u202eni ngiS"},
    {"statement": "Sign in\x1b[2J"},
    {"statement": "Sign ïn"},
    {"statement": ["Sign in"]},
    {"requestId": "one\ntwo"},
    {"requestId": "one two"},
    {"requestId": 7},
    {"resources": ["https://api.example.com/"]},
    {"resources": "https://api.example.com/"},
    {"resources": "https://api.example.com/api/jobs/job_1"},
    {"resources": ["https://api.example.com/api/jobs/job_1", "https://api.example.com/"]},
    {"resources": [["https://api.example.com/api/jobs/job_1"]]},
    {"resources": {"https://api.example.com/api/jobs/job_1": 0}},
]


@pytest.mark.parametrize("changes", REFUSED, ids=ascii)
def test_t30_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(SignInRefused) as refused:
        _read(**changes)

    assert str(refused.value).isprintable()


@pytest.mark.parametrize(
    "chains",
    [
        [],
        [{"chainId": "eip155:1", "type": "eip191"}],
        [{"chainId": "eip155:8453", "type": "ed25519"}],
        [{"chainId": "eip155:8453"}],
        [{"chainId": "eip155:8453", "type": "eip191", "signatureScheme": "eip1271"}],
        [{"chainId": 8453, "type": "eip191"}],
        ["eip155:8453"],
        {"eip155:8453": "eip191"},
    ],
    ids=str,
)
def test_a_chain_that_is_not_ours_is_refused(chains: object) -> None:
    with pytest.raises(SignInRefused):
        _read(chains=chains)


def test_our_preferred_chain_is_taken_wherever_it_stands() -> None:
    chains = [
        {"chainId": "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp", "type": "ed25519"},
        {"chainId": "eip155:84532", "type": "eip191"},
        {"chainId": "eip155:8453", "type": "eip191", "signatureScheme": "eip191"},
    ]

    message = _read(chains=chains)

    assert (message.chain, message.signature_scheme) == ("eip155:8453", "eip191")
    assert offered_chains(_extensions(chains)) == tuple(chain["chainId"] for chain in chains)


def test_a_challenge_that_names_its_chain_in_the_info_alone() -> None:
    message = _read(chains=[], chainId="eip155:84532", type="eip191")

    assert message.chain == "eip155:84532"


@pytest.mark.parametrize(
    "extensions",
    [
        {},
        {"sign-in-with-x": None},
        {"sign-in-with-x": []},
        {"sign-in-with-x": {"info": "text"}},
        {"bazaar": {}},
    ],
    ids=str,
)
def test_no_challenge(extensions: dict[str, Any]) -> None:
    assert offered_chains(extensions) == ()
    with pytest.raises(SignInRefused):
        challenged(extensions, URL, IDENTITY, NOW)


def test_a_query_of_the_request_may_stand_in_the_uri() -> None:
    url = "https://api.example.com/api/jobs?limit=5"

    assert _read(url, uri=url).uri == url
    assert _read(url, uri="https://api.example.com/api/jobs").uri == "https://api.example.com/api/jobs"


@pytest.mark.parametrize("domain", ["127.0.0.1", "127.0.0.1:8402"])
def test_the_port_may_stand_in_the_domain(domain: str) -> None:
    url = "http://127.0.0.1:8402/api/jobs/job_1"

    assert _read(url, uri=url, domain=domain).domain == domain


def test_an_expiry_is_added_where_the_challenge_has_none() -> None:
    assert _read(expirationTime="absent").expires_at == "2026-01-01T00:05:00.000Z"


def test_a_message_of_our_own() -> None:
    message = self_issued(URL + "?limit=5", IDENTITY, surroundings(chance=bytes(range(16))))

    assert message == Message(
        domain="api.example.com",
        uri=URL,
        chain="eip155:8453",
        signature_type="eip191",
        nonce="000102030405060708090a0b0c0d0e0f",
        issued_at="2025-12-31T23:59:55.000Z",
        expires_at="2026-01-01T00:00:55.000Z",
    )
    assert _signer(message) == IDENTITY.address


def test_our_own_messages_pass_our_own_check() -> None:
    message = self_issued(URL, IDENTITY, surroundings())
    sent = json.loads(base64.b64decode(signin.header(message, IDENTITY)))

    assert _read(**{name: sent.get(name, "absent") for name in INFO}) == message


@pytest.mark.parametrize(
    ("url", "domain", "uri"),
    [
        ("http://127.0.0.1:8402/api/jobs", "127.0.0.1:8402", "http://127.0.0.1:8402/api/jobs"),
        ("https://API.example.com:443/x", "api.example.com", "https://api.example.com/x"),
        ("http://[::1]:8402/x", "[::1]:8402", "http://[::1]:8402/x"),
    ],
)
def test_the_domain_of_our_own_message(url: str, domain: str, uri: str) -> None:
    message = self_issued(url, IDENTITY, surroundings())

    assert (message.domain, message.uri) == (domain, uri)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://api.example.com/",
        "https://",
        "https://user@api.example.com/",
        "https://a.example/a b",
        "https://[x",
    ],
)
def test_what_is_no_web_address_is_not_signed_for(url: str) -> None:
    with pytest.raises(SignInRefused):
        self_issued(url, IDENTITY, surroundings())


def test_every_message_has_its_own_nonce() -> None:
    from coinslot.backend import Surroundings

    nonces = {self_issued(URL, IDENTITY, Surroundings()).nonce for _ in range(50)}

    assert len(nonces) == 50
    assert {len(nonce) for nonce in nonces} == {32}


@given(
    st.dictionaries(
        st.sampled_from([*INFO, "notBefore", "requestId"]),
        st.one_of(st.text(max_size=40), st.none(), st.integers(), st.lists(st.text(max_size=5), max_size=2)),
    )
)
def test_no_field_adds_a_line_to_the_text(changes: dict[str, Any]) -> None:
    """Whatever a server puts into the fields: a text that is signed says what the fields say, no more."""
    try:
        message = _read(**changes)
    except SignInRefused:
        return
    lines = signin.text(message, IDENTITY).split("\n")
    optional = (message.not_before, message.request_id)

    assert len(lines) == 10 + (message.statement is not None) + sum(part is not None for part in optional)
    assert all(line.isprintable() and line.isascii() for line in lines)
    assert lines[0] == f"{message.domain} wants you to sign in with your Ethereum account:"
    assert lines[5 if message.statement is not None else 4] == f"URI: {message.uri}"


@given(st.floats(0, 4_000_000_000))
def test_our_moments_are_read_back(now: float) -> None:
    message = self_issued(URL, IDENTITY, surroundings(now))

    assert abs(datetime.fromisoformat(message.issued_at).timestamp() - (now - 5)) < 0.001
    assert datetime.fromisoformat(message.issued_at).tzinfo == UTC


def _signer(message: Message) -> str:
    from eth_hash.auto import keccak

    text = signin.text(message, IDENTITY).encode()
    digest = keccak(b"\x19Ethereum Signed Message:\n" + str(len(text)).encode() + text)
    return signer_of(digest, IDENTITY.sign(text.decode()))
