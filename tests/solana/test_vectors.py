"""Published vectors, made with the official SDK: the same key, terms and blockhash give the same bytes."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest

from coinslot import signin
from coinslot.backend import Setting
from coinslot.effects import Reply, Request
from coinslot.offer import Offer
from coinslot_solana.addresses import TOKEN_2022_PROGRAM
from coinslot_solana.assets import NETWORKS
from coinslot_solana.backend import SolanaBackend, backend
from coinslot_solana.transaction import Transfer, envelop, read
from tests.solana.parts import NODE, driven, offer, surroundings, vectors

EXACT = vectors("svm_exact")
SIGN_IN = vectors("siwx_solana")


def _named(vector: dict[str, Any]) -> str:
    return str(vector["name"])


@pytest.mark.parametrize("vector", EXACT, ids=_named)
def test_transaction(vector: dict[str, Any]) -> None:
    """From the offer to the bytes, the way a call pays, with the vector's blockhash from a node."""
    given, expected = vector["input"], vector["expected"]
    paying, asked = _payer(given), offer(**given["requirements"])

    draft = driven(paying.prepare(asked), _node(given))
    credential = paying.sign(draft)

    assert credential.payload == {"transaction": expected["transactionBase64"]}
    assert credential.nonce == expected["signatures"][1]
    assert credential.evidence["source"] == expected["sourceAta"]
    terms = paying.decode(credential, asked)
    assert (terms.payer, terms.payee) == (expected["payer"], asked.payee)
    assert (terms.asset, terms.amount) == (asked.asset, asked.amount)
    assert terms.expires_at == draft.expires_at


@pytest.mark.parametrize("vector", EXACT, ids=_named)
def test_message(vector: dict[str, Any]) -> None:
    given, expected = vector["input"], vector["expected"]
    asked = offer(**given["requirements"])

    message = _transfer(asked, given, expected).message()

    assert message.hex() == expected["messageHex"]
    assert envelop(message, expected["signatures"][1]) == expected["transactionBase64"]


@pytest.mark.parametrize("vector", EXACT, ids=_named)
def test_reading(vector: dict[str, Any]) -> None:
    given, expected = vector["input"], vector["expected"]

    transfer, signature = read(expected["transactionBase64"])

    assert transfer == _transfer(offer(**given["requirements"]), given, expected)
    assert signature == expected["signatures"][1]


@pytest.mark.parametrize("vector", SIGN_IN, ids=_named)
def test_sign_in(vector: dict[str, Any]) -> None:
    given, expected = vector["input"], vector["expected"]
    info = given["info"]
    identity = backend(Setting({"COINSLOT_SOLANA_KEY": given["ed25519Seed"]})).identity
    message = signin.Message(
        domain=info["domain"],
        uri=info["uri"],
        chain=info["chainId"],
        signature_type=info["type"],
        nonce=info["nonce"],
        issued_at=info["issuedAt"],
        statement=info.get("statement"),
        expires_at=info.get("expirationTime"),
        resources=tuple(info.get("resources", ())),
    )

    text = signin.text(message, identity)

    assert identity.address == expected["address"]
    assert text == expected["message"]
    assert hashlib.sha256(text.encode()).hexdigest() == expected["messageUtf8Sha256"]
    assert identity.sign(text) == expected["signature"]
    assert signin.header(message, identity) == _reordered(expected["header"], message, identity)
    assert json.loads(base64.b64decode(signin.header(message, identity))) == expected["payload"]


def _reordered(header: str, message: signin.Message, identity: Any) -> str:
    """The vector's header with its members in our order, which says nothing."""
    theirs = json.loads(base64.b64decode(header))
    ours = json.loads(base64.b64decode(signin.header(message, identity)))
    return base64.b64encode(json.dumps({name: theirs[name] for name in ours}).encode()).decode()


def _payer(given: dict[str, Any]) -> SolanaBackend:
    wanted = given["requirements"]
    environ = {"COINSLOT_SOLANA_KEY": given["ed25519Seed"]}
    network = NETWORKS[wanted["network"]]
    if "recentBlockhash" not in wanted["extra"]:
        environ[network.node_variable] = NODE
    if given["mintOwnerProgram"] == TOKEN_2022_PROGRAM:
        environ["COINSLOT_SOLANA_TOKENS"] = (
            f"{network.id}:{wanted['asset']}:T22:{given['decimals']}:token-2022"
        )
    chance = bytes.fromhex(given["randomNonce16"] or "")
    return backend(Setting(environ, surroundings(chance=chance)))


def _node(given: dict[str, Any]) -> Any:
    """A node that has the vector's blockhash."""
    results = {
        "getGenesisHash": NETWORKS[given["requirements"]["network"]].genesis,
        "getLatestBlockhash": {
            "context": {"slot": 500},
            "value": {"blockhash": given["blockhash"], "lastValidBlockHeight": 600},
        },
        "getEpochInfo": {"absoluteSlot": 501, "blockHeight": 450},
    }

    def answer(request: Request) -> Reply:
        call = json.loads(request.body)
        told = {"jsonrpc": "2.0", "id": call["id"], "result": results[call["method"]]}
        return Reply(200, body=json.dumps(told).encode())

    return answer


def _transfer(asked: Offer, given: dict[str, Any], expected: dict[str, Any]) -> Transfer:
    nonce = given["randomNonce16"]
    return Transfer(
        fee_payer=asked.extra["feePayer"],
        payer=expected["payer"],
        source=expected["sourceAta"],
        destination=expected["destAta"],
        mint=asked.asset,
        program=given["mintOwnerProgram"],
        amount=asked.amount,
        decimals=given["decimals"],
        blockhash=asked.extra.get("recentBlockhash") or given["blockhash"],
        memo=(asked.extra.get("memo") or nonce).encode(),
        units=given["computeUnitLimit"],
    )
