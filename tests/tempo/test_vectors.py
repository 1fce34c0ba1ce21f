"""Byte for byte what the official client signs, from published vectors."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from coinslot.backend import Setting, Surroundings
from coinslot.offer import Offer
from coinslot_tempo.addresses import address_bytes
from coinslot_tempo.backend import TempoBackend, backend
from coinslot_tempo.memo import attribution
from coinslot_tempo.proof import proof_digest
from coinslot_tempo.transaction import Signed
from tests.tempo.parts import NODE, Answers, driven, offer, vectors

CHARGES = {vector["name"]: vector for vector in vectors("tempo_charge")}
PROOFS = {vector["name"]: vector for vector in vectors("tempo_proof")}
MEMOS = next(vector["cases"] for vector in vectors("mpp_misc") if vector["name"] == "memos")
CAP_OF_CHALLENGE = 1_767_225_630


def _paying(given: dict[str, Any]) -> TempoBackend:
    environ = {
        "COINSLOT_EVM_KEY": given["privateKey"],
        "COINSLOT_TEMPO_RPC": NODE,
        "COINSLOT_TEMPO_MODERATO_RPC": NODE,
        "COINSLOT_TEMPO_VALID_SECONDS": "60",
        "COINSLOT_TEMPO_CLIENT": given["clientId"] or "",
    }
    return backend(Setting(environ, Surroundings(now=lambda: given["now"])))


def _asked(given: dict[str, Any]) -> Offer:
    request = given["request"]
    expires = {} if given["expires"] is None else {"expires_at": CAP_OF_CHALLENGE}
    return offer(
        amount=request["amount"],
        currency=request["currency"],
        recipient=request["recipient"],
        details=request["methodDetails"],
        raw={"id": given["challengeId"], "realm": given["realm"]},
        **expires,
    )


def _node(given: dict[str, Any]) -> Answers:
    return Answers(
        {
            "eth_chainId": hex(given["chainId"]),
            "eth_gasPrice": hex(given["gasPrice"]),
            "eth_estimateGas": hex(given["estimatedGas"]),
        }
    )


@pytest.mark.parametrize("name", CHARGES)
def test_charge(name: str) -> None:
    given, expected = CHARGES[name]["input"], CHARGES[name]["expected"]
    paying, asked = _paying(given), _asked(given)

    draft = driven(paying.prepare(asked), _node(given))
    credential = paying.sign(draft)

    assert credential.payload == expected["payload"]
    assert credential.source == expected["source"]
    assert credential.nonce == expected["signingHash"]
    assert credential.evidence["transaction"] == expected["txHash"]
    assert credential.evidence["memo"] == expected["memo"]
    assert paying.identity.address == expected["sender"]
    terms = paying.decode(credential, asked)
    assert terms.expires_at == draft.expires_at == expected["fields"]["validBefore"]


@pytest.mark.parametrize("name", CHARGES)
def test_transaction_read_back(name: str) -> None:
    expected = CHARGES[name]["expected"]
    fields = expected["fields"]
    sent = bytes.fromhex(expected["payload"]["signature"][2:])

    read = Signed.read(sent)

    assert "0x" + read.transaction.preimage().hex() == expected["signingPreimage"]
    assert "0x" + read.transaction.digest().hex() == expected["signingHash"]
    assert read.transaction.signed(read.signature, address_bytes(expected["sender"])) == sent
    assert read.transaction.gas_limit == fields["gasLimit"]
    assert read.transaction.gas_price == fields["maxFeePerGas"]
    assert read.transaction.tip == fields["maxPriorityFeePerGas"]
    calls = [(call["to"], call["data"]) for call in fields["calls"]]
    token = "0x" + read.transaction.token.hex()
    assert [(token, "0x" + one.call().hex()) for one in read.transaction.transfers] == calls


@pytest.mark.parametrize("version", [1, 2, 3])
@pytest.mark.parametrize("name", PROOFS)
def test_proof(name: str, version: int) -> None:
    given, expected = PROOFS[name]["input"], PROOFS[name]["expected"]
    shape = expected[f"domainVersion{version}"]
    environ = {
        "COINSLOT_EVM_KEY": given["privateKey"],
        "COINSLOT_TEMPO_PROOF_VERSION": str(version),
    }
    asked = offer(
        amount=0,
        details={"chainId": given["chainId"]},
        raw={"id": given["challengeId"], "realm": given["realm"]},
    )

    credential = backend(Setting(environ)).prove(asked, f"https://{given['realm']}/jobs/7")

    assert credential.payload == {"type": "proof", "signature": shape["signature"]}
    assert credential.source == expected["source"]
    digest = proof_digest(version, given["chainId"], expected["payer"], given["challengeId"], given["realm"])
    assert "0x" + digest.hex() == credential.nonce == shape["digest"]


@pytest.mark.parametrize("case", MEMOS, ids=[case["clientId"] or case["challengeId"] for case in MEMOS])
def test_memo(case: dict[str, Any]) -> None:
    assert "0x" + attribution(case["challengeId"], case["serverId"], case["clientId"]).hex() == case["memo"]


def test_what_is_signed_holds_no_fraction_of_a_second() -> None:
    given = CHARGES["self_paid_usdce_mainnet"]["input"]
    late = _paying({**given, "now": given["now"] + 0.9})
    draft = driven(late.prepare(_asked(given)), _node(given))

    assert draft.expires_at == given["now"] + 60
    assert json.loads(json.dumps(dict(draft.fields))) == dict(draft.fields)
    assert late.sign(replace(draft, expires_at=draft.expires_at)).payload == late.sign(draft).payload
