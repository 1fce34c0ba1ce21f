"""One 402 that can be paid on Base, Solana and Tempo: by official clients, to the atom."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Iterator
from typing import Any, Self

import httpx
import pytest
from mpp.client.transport import Mpp
from mpp.methods.tempo import TempoAccount
from mpp.methods.tempo import client as tempo
from solders.keypair import Keypair
from x402 import x402ClientSync
from x402.extensions.sign_in_with_x import create_siwx_payload, encode_siwx_header
from x402.http.utils import decode_payment_required_header, encode_payment_signature_header
from x402.mechanisms.svm import KeypairSigner
from x402.mechanisms.svm.exact.client import ExactSvmScheme as ExactSvmClientScheme

from coinslot_sandbox import ManualClock, Server, payable
from coinslot_sandbox.solana.till import SELLER
from tests.sandbox.buyer import PRINT, Buyer, decoded
from tests.sandbox.conftest import MakeSandbox

pytestmark = [
    pytest.mark.loopback,
    # The official Solana client asks its node by a class that its maker has given up.
    pytest.mark.filterwarnings("ignore:Client is deprecated"),
]

BODY = {"prompt": "A lighthouse"}
JOBS = "/api/jobs"
PRICE = 20_000
FUNDS = 1_000_000_000
SOLANA = "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp"


@pytest.fixture
def server(make: MakeSandbox) -> Iterator[Server]:
    with make(networks=payable(), time_scale=0).serve() as running:
        yield running


class SolanaBuyer:
    """One wallet and its signatures, all made by official code."""

    def __init__(self, server: Server) -> None:
        self.keypair = Keypair.from_seed(bytes.fromhex(str(server.wallets[0].solana_key)[5:]))
        self.address = str(self.keypair.pubkey())
        self.http = httpx.Client(base_url=server.url)
        self._x402 = x402ClientSync()
        node = f"{server.url}/_sandbox/node/solana"
        self._scheme = ExactSvmClientScheme(KeypairSigner(self.keypair), node)
        self._x402.register("solana:*", self._scheme)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()
        # The official client never closes its connections to the node.
        for client in self._scheme._clients.values():
            client._provider.session.close()

    def credential(self, challenge: httpx.Response) -> dict[str, str]:
        required = decode_payment_required_header(challenge.headers["PAYMENT-REQUIRED"])
        payload = self._x402.create_payment_payload(required)
        return {"PAYMENT-SIGNATURE": encode_payment_signature_header(payload)}

    def pay(self) -> httpx.Response:
        challenge = self.http.post(PRINT, json=BODY)
        return self.http.post(PRINT, json=BODY, headers=self.credential(challenge))

    def signed(self, path: str) -> httpx.Response:
        challenge = self.http.get(path)
        extension = challenge.json()["extensions"]["sign-in-with-x"]
        chain = next(chain for chain in extension["supportedChains"] if chain["chainId"] == SOLANA)
        terms = {**extension["info"], **chain}
        payload = asyncio.run(create_siwx_payload(terms, self, str(challenge.url)))
        return self.http.get(path, headers={"SIGN-IN-WITH-X": encode_siwx_header(payload)})

    async def sign_message(self, message: bytes) -> bytes:
        return bytes(self.keypair.sign_message(message))


def mpp_paid(server: Server, body: Any = BODY) -> httpx.Response:
    async def paid() -> httpx.Response:
        account = TempoAccount.from_key(server.wallets[0].key.removeprefix("test:"))
        method = tempo.charge(account=account, rpc_url=f"{server.url}/_sandbox/node/tempo")
        async with Mpp(methods=[method]) as client:
            return await client.fetch(server.url + PRINT, method="POST", json=body)

    return asyncio.run(paid())


def test_one_402_offers_all_networks(server: Server) -> None:
    challenge = httpx.post(server.url + PRINT, json=BODY)
    accepts = decoded(challenge.headers["PAYMENT-REQUIRED"])["accepts"]
    assert [(offer["network"], offer["amount"]) for offer in accepts] == [
        ("eip155:8453", str(PRICE)),
        (SOLANA, str(PRICE)),
    ]
    assert set(accepts[1]["extra"]) == {"feePayer", "recentBlockhash", "lastValidBlockHeight"}
    asked = challenge.headers["WWW-Authenticate"]
    assert asked.startswith("Payment ")
    assert 'method="tempo"' in asked


def test_a_wallet_signs_in_on_each_network(server: Server) -> None:
    extension = httpx.get(server.url + JOBS).json()["extensions"]["sign-in-with-x"]
    assert extension["supportedChains"] == [
        {"chainId": "eip155:8453", "type": "eip191"},
        {"chainId": SOLANA, "type": "ed25519"},
        {"chainId": "eip155:4217", "type": "eip191"},
    ]
    assert list(server.wallets[0].environ) == ["COINSLOT_EVM_KEY", "COINSLOT_SOLANA_KEY"]


def test_solana_moves_the_price_and_no_fee_of_the_payers(server: Server) -> None:
    with SolanaBuyer(server) as buyer:
        answer = buyer.pay()
        assert answer.status_code == 200, answer.text
        receipt = decoded(answer.headers["PAYMENT-RESPONSE"])
        assert (receipt["success"], receipt["network"]) == (True, SOLANA)
        sandbox = server.sandbox
        assert sandbox.balance(buyer.address, "solana") == FUNDS - PRICE
        assert sandbox.balance(SELLER, "solana") == PRICE
        assert [(payment.payer, payment.network) for payment in sandbox.payments] == [(buyer.address, SOLANA)]
        job = answer.json()["jobId"]
        assert buyer.signed(f"{JOBS}/{job}").json()["status"] == "complete"
        evm = Buyer(sandbox, url=server.url)
        with evm.http:
            assert evm.signed("GET", f"{JOBS}/{job}").status_code == 403


def test_tempo_moves_the_price_and_a_fee(server: Server) -> None:
    answer = mpp_paid(server)
    assert answer.status_code == 200, answer.text
    assert "Payment-Receipt" in answer.headers
    sandbox, wallet = server.sandbox, server.wallets[0]
    (payment,) = sandbox.payments
    assert (payment.network, payment.payer) == ("eip155:4217", wallet.address.lower())
    assert sandbox.balance(sandbox.options.pay_to, "tempo") == PRICE
    assert FUNDS - sandbox.balance(wallet.address, "tempo") == PRICE + 1_200
    buyer = Buyer(sandbox, url=server.url)
    with buyer.http:
        job = answer.json()["jobId"]
        assert buyer.signed("GET", f"{JOBS}/{job}").json()["status"] == "complete"


def test_a_sponsor_pays_the_fee(make: MakeSandbox) -> None:
    with make(networks=["tempo"], sponsored=True).serve() as server:
        answer = mpp_paid(server)
        assert answer.status_code == 200, answer.text
        assert server.sandbox.balance(server.wallets[0].address, "tempo") == FUNDS - PRICE
        assert "PAYMENT-REQUIRED" not in httpx.post(server.url + PRINT, json=BODY).headers


def test_what_was_taken_once_is_not_taken_again(server: Server) -> None:
    with SolanaBuyer(server) as buyer:
        challenge = buyer.http.post(PRINT, json=BODY)
        header = buyer.credential(challenge)
        statuses = [buyer.http.post(PRINT, json=BODY, headers=header).status_code for _ in range(2)]
    assert statuses == [200, 402]
    assert len(server.payments) == 1


def test_a_dead_blockhash_pays_nothing(make: MakeSandbox, clock: ManualClock) -> None:
    with make(networks=["solana"], clock=clock).serve() as server:
        with SolanaBuyer(server) as buyer:
            server.faults.add("blockhash-expired")
            assert buyer.pay().status_code == 402
            challenge = buyer.http.post(PRINT, json=BODY)
            header = buyer.credential(challenge)
            clock.advance(90)
            assert buyer.http.post(PRINT, json=BODY, headers=header).status_code == 402
            assert buyer.pay().status_code == 200
        assert len(server.payments) == 1


@pytest.mark.parametrize("kind", ["price", "payee", "drop-after-settlement", "receipt-missing"])
def test_faults_are_the_same_on_every_network(make: MakeSandbox, kind: str) -> None:
    with make(networks=["tempo"], faults=[kind]).serve() as server:
        if kind.startswith("drop"):
            with pytest.raises(Exception, match=r"."):
                mpp_paid(server)
        else:
            assert mpp_paid(server).status_code == 200
        (payment,) = server.payments
        assert payment.amount == PRICE * (10 if kind == "price" else 1)


@pytest.mark.parametrize("kind", ["asset", "challenge-expired"])
def test_what_cannot_be_paid_is_not(make: MakeSandbox, kind: str) -> None:
    with make(networks=["tempo"], faults=[f"{kind}:always"]).serve() as server:
        assert mpp_paid(server).status_code in {402, 500}
        assert not server.payments


def test_a_pending_charge_is_told_as_tempo_servers_tell_it(make: MakeSandbox) -> None:
    with make(networks=["tempo"], faults=["settlement-pending"]).serve() as server:
        answer = mpp_paid(server)
        assert (answer.status_code, answer.json()["title"]) == (500, "Internal Payment")
        assert "WWW-Authenticate" not in answer.headers
        assert len(server.payments) == 1


def test_a_charges_receipt_can_lie(make: MakeSandbox) -> None:
    with make(networks=["tempo"], faults=["receipt-forged=transaction"]).serve() as server:
        told = json.loads(base64.urlsafe_b64decode(mpp_paid(server).headers["Payment-Receipt"] + "=="))
        assert (told["status"], told["reference"]) == ("success", "0x" + "33" * 32)
        assert server.payments[0].transaction != told["reference"]


def test_two_credentials_at_once_are_refused(server: Server) -> None:
    headers = {"PAYMENT-SIGNATURE": "e30=", "Authorization": "Payment e30"}
    answer = httpx.post(server.url + PRINT, json=BODY, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_payload")


@pytest.mark.parametrize("credential", ["Payment e30", "Payment %", "Payment ", "Payment " + "A" * 70_000])
def test_what_is_no_credential_is_asked_again(make: MakeSandbox, credential: str) -> None:
    challenge = Buyer(make(networks=["tempo"])).http.post(
        PRINT, json=BODY, headers={"Authorization": credential}
    )
    assert challenge.status_code == 402
    assert challenge.headers["WWW-Authenticate"].startswith("Payment ")


def test_the_official_client_refuses_another_network(make: MakeSandbox) -> None:
    with make(networks=["tempo"], faults=["network"]).serve() as server:
        with pytest.raises(ValueError, match="chain ID 1,"):
            mpp_paid(server)
        assert not server.payments


def test_the_node_answers_for_its_chain(server: Server) -> None:
    def asked(network: str, method: str, *parameters: Any) -> Any:
        call = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
        return httpx.post(f"{server.url}/_sandbox/node/{network}", json=call).json()

    assert asked("tempo", "eth_chainId")["result"] == "0x1079"
    assert asked("solana", "getGenesisHash")["result"].startswith(SOLANA.partition(":")[2])
    assert "error" in asked("tempo", "eth_mining")
    assert asked("base", "eth_chainId")["error"] == "not_found"
    assert httpx.post(f"{server.url}/_sandbox/node/tempo", content=b"[").status_code == 400


def test_a_network_that_is_none_is_refused(make: MakeSandbox) -> None:
    with pytest.raises(ValueError, match="none of base, solana, tempo"):
        make(networks=["dogecoin"])


def test_version_1_offers_solana_too(make: MakeSandbox) -> None:
    with make(networks=payable(), x402_version=1).serve() as server:
        accepts = httpx.post(server.url + PRINT, json=BODY).json()["accepts"]
    assert [offer["network"] for offer in accepts] == ["base", "solana"]
