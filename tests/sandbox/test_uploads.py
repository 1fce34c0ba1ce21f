from __future__ import annotations

from typing import Any

import pytest

from coinslot_sandbox import ManualClock, Sandbox
from tests.sandbox.buyer import Buyer
from tests.sandbox.conftest import MakeSandbox

FILE = b"\x89PNG not really"


def token(buyer: Buyer) -> dict[str, Any]:
    answer = buyer.pay("/api/upload", {"filename": "a plate.png", "contentType": "image/png"})
    assert answer.status_code == 200, answer.text
    given: dict[str, Any] = answer.json()
    return given


def put(buyer: Buyer, given: dict[str, Any], **headers: str) -> Any:
    bearer = {"authorization": f"Bearer {given['clientToken']}", "x-content-type": "image/png"}
    query = {"pathname": given["pathname"]}
    return buyer.http.put("/api/blob/", params=query, content=FILE, headers=bearer | headers)


def test_three_steps_bring_a_file_in(make: MakeSandbox) -> None:
    sandbox = make()
    buyer = Buyer(sandbox)
    given = token(buyer)
    assert set(given) == {"uploadId", "clientToken", "pathname", "expiresAt"}
    assert given["pathname"] == f"uploads/{given['uploadId']}/a plate.png"
    stored = put(buyer, given)
    assert stored.status_code == 200, stored.text
    url = stored.json()["url"]
    assert buyer.http.get(url).content == FILE
    assert put(buyer, given).json()["url"] == url
    for _ in range(2):
        confirmed = buyer.signed(
            "POST", "/api/upload/confirm", {"uploadId": given["uploadId"], "blobUrl": url}
        )
        assert confirmed.json() == {
            "success": True,
            "upload": {
                "id": given["uploadId"],
                "blobUrl": url,
                "filename": "a plate.png",
                "mediaType": "image/png",
            },
        }
    assert [payment.amount for payment in sandbox.payments] == [10_000]


@pytest.mark.parametrize("name", ["cookie", "sign-in-with-x", "payment-signature"])
def test_the_files_host_must_not_get_credentials(make: MakeSandbox, name: str) -> None:
    buyer = Buyer(make())
    answer = put(buyer, token(buyer), **{name: "x"})
    assert (answer.status_code, answer.json()["error"]) == (400, "credentials_leaked")


def test_a_token_is_for_its_own_file_and_time(make: MakeSandbox) -> None:
    buyer = Buyer(make())
    one, two = token(buyer), token(buyer)
    assert put(buyer, {**one, "clientToken": two["clientToken"]}).status_code == 403
    assert put(buyer, {**one, "pathname": "uploads/other"}).status_code == 403


def test_a_token_expires(make: MakeSandbox, clock: ManualClock) -> None:
    buyer = Buyer(make(clock=clock))
    given = token(buyer)
    clock.advance(3601)
    assert put(buyer, given).json()["error"] == "token_expired"


def test_what_was_not_put_cannot_be_confirmed(make: MakeSandbox) -> None:
    sandbox: Sandbox = make(wallets=2)
    buyer, other = (Buyer(sandbox, wallet.key) for wallet in sandbox.wallets)
    given = token(buyer)
    body = {"uploadId": given["uploadId"], "blobUrl": "https://elsewhere.example/x"}
    assert buyer.signed("POST", "/api/upload/confirm", body).status_code == 400
    url = put(buyer, given).json()["url"]
    assert other.signed("POST", "/api/upload/confirm", {**body, "blobUrl": url}).status_code == 403
    assert buyer.signed("POST", "/api/upload/confirm", {**body, "uploadId": "none"}).status_code == 404


def test_a_huge_file_is_refused(make: MakeSandbox) -> None:
    buyer = Buyer(make(upload_limit=5))
    assert put(buyer, token(buyer)).status_code == 413
