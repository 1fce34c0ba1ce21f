"""Over real sockets: the server, the pytest fixture, and the official client from end to end."""

from __future__ import annotations

import asyncio
import io
import socket
from typing import Any

import httpx
import pytest
from eth_account import Account
from PIL import Image
from x402 import x402Client
from x402.http.clients.httpx import wrapHttpxWithPayment
from x402.mechanisms.evm import EthAccountSigner
from x402.mechanisms.evm.exact.register import register_exact_evm_client

from coinslot_sandbox import Sandbox, SandboxError, Server
from coinslot_sandbox.server import listen
from tests.sandbox.buyer import PRINT, Buyer
from tests.sandbox.conftest import MakeSandbox

pytestmark = pytest.mark.loopback


@pytest.mark.paid_api(time_scale=0)
def test_the_official_client_pays_polls_and_downloads(paid_api: Server) -> None:
    wallet = paid_api.wallets[0]

    async def call() -> httpx.Response:
        client = x402Client()
        signer = EthAccountSigner(Account.from_key(wallet.key.removeprefix("test:")))
        register_exact_evm_client(client, signer)
        async with wrapHttpxWithPayment(client, base_url=paid_api.url) as http:
            return await http.post(PRINT, json={"prompt": "A lighthouse"})

    answer = asyncio.run(call())
    assert answer.status_code == 200
    buyer = Buyer(paid_api.sandbox, url=paid_api.url)
    with buyer.http:
        state: Any = buyer.signed("GET", f"/api/jobs/{answer.json()['jobId']}").json()
        file = buyer.http.get(state["result"]["imageUrl"]).content
    with Image.open(io.BytesIO(file)) as image:
        image.load()
    assert [payment.amount for payment in paid_api.payments] == [20_000]


def test_several_apis_can_run_at_once(serve_paid_api: Any, example: bytes) -> None:
    one, two = serve_paid_api(example), serve_paid_api(example, wallets=2)
    assert one.url != two.url
    assert [len(api.wallets) for api in (one, two)] == [1, 2]
    assert httpx.get(f"{two.url}/openapi.json").content == example


def test_a_taken_port_is_told(make: MakeSandbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SandboxError, match=f"port {port}"), make().serve(port=port):
            pass


def test_nothing_is_left_listening(make: MakeSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked of the socket: another program may have its port by the time that it is tried."""
    listeners: list[socket.socket] = []

    def listening(host: str, port: int) -> socket.socket:
        listeners.append(listen(host, port))
        return listeners[-1]

    monkeypatch.setattr("coinslot_sandbox.server.listen", listening)
    with make().serve() as server:
        (listener,) = listeners
        assert server.url.endswith(f":{listener.getsockname()[1]}")
    assert listener.fileno() == -1


def test_many_calls_at_once_each_pay_once(make: MakeSandbox) -> None:
    sandbox: Sandbox = make()

    async def call(http: httpx.AsyncClient, header: dict[str, str]) -> int:
        return (await http.post(PRINT, json={"prompt": "x"}, headers=header)).status_code

    async def calls(url: str) -> list[int]:
        async with httpx.AsyncClient(base_url=url) as http:
            return await asyncio.gather(*(call(http, header) for header in headers for _ in range(3)))

    with sandbox.serve() as server:
        buyer = Buyer(sandbox, url=server.url)
        with buyer.http:
            challenge = buyer.challenge(PRINT, {"prompt": "x"})
        headers = [buyer.credential(challenge) for _ in range(5)]
        answers = asyncio.run(calls(server.url))
    assert sorted(answers) == [200] * 5 + [402] * 10
    assert len(sandbox.payments) == len(sandbox.jobs) == 5
