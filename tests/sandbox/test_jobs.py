from __future__ import annotations

import io

import httpx
import pytest
from PIL import Image

from coinslot_sandbox import ManualClock
from tests.sandbox.buyer import PRINT, Buyer
from tests.sandbox.conftest import MakeSandbox

FILM = "/api/generate/lantern/show"


def start(buyer: Buyer, path: str = PRINT, **given: object) -> str:
    answer = buyer.pay(path, {"prompt": "A lighthouse", **given})
    assert answer.status_code == 200, answer.text
    job_id: str = answer.json()["jobId"]
    return job_id


def state(buyer: Buyer, job_id: str) -> httpx.Response:
    return buyer.signed("GET", f"/api/jobs/{job_id}")


def test_the_accepted_answer_is_the_documents(make: MakeSandbox) -> None:
    answer = Buyer(make()).pay(PRINT, {"prompt": "A lighthouse"}).json()
    job_id = answer.pop("jobId")
    assert answer == {"success": True, "status": "pending", "type": "engraver-print"}
    assert len(job_id) == 25
    assert job_id.startswith("c")
    assert job_id.isalnum()


@pytest.mark.parametrize("scale", [1, 0.5])
def test_a_job_takes_the_guidances_time(make: MakeSandbox, clock: ManualClock, scale: float) -> None:
    buyer = Buyer(make(clock=clock, time_scale=scale))
    job_id = start(buyer)
    seen = []
    for _ in range(6):
        found = state(buyer, job_id).json()
        seen.append((found["status"], found["progress"]))
        clock.advance(1 * scale)
    running = [("loading", 25), ("loading", 50), ("loading", 75)]
    assert seen == [("pending", 0), *running, ("complete", 100), ("complete", 100)]


def test_jobs_can_finish_by_the_number_of_questions(make: MakeSandbox) -> None:
    buyer = Buyer(make(polls=3))
    job_id = start(buyer)
    states = [state(buyer, job_id).json() for _ in range(4)]
    assert [one["status"] for one in states] == ["pending", "loading", "complete", "complete"]
    assert [one["progress"] for one in states] == [0, 66, 100, 100]
    assert "result" not in states[1]
    assert states[2]["input"] == {"prompt": "A lighthouse"}


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_the_picture_opens_and_has_the_shape_asked_for(make: MakeSandbox, kind: str) -> None:
    buyer = Buyer(make(time_scale=0))
    job_id = start(buyer, aspectRatio="16:9", output_format=kind)
    url = state(buyer, job_id).json()["result"]["imageUrl"]
    file = buyer.http.get(url)
    assert file.headers["content-type"] == f"image/{kind}"
    with Image.open(io.BytesIO(file.content)) as image:
        image.load()
        assert image.format == kind.upper()
        assert image.width / image.height == pytest.approx(16 / 9, rel=0.01)


def test_a_film_has_a_thumbnail_and_plays(make: MakeSandbox) -> None:
    av = pytest.importorskip("av", reason="PyAV judges the film")
    buyer = Buyer(make(time_scale=0))
    result = state(buyer, start(buyer, FILM)).json()["result"]
    assert list(result) == ["videoUrl", "thumbnailUrl"]
    file = buyer.http.get(result["videoUrl"])
    assert file.headers["content-type"] == "video/mp4"
    with av.open(io.BytesIO(file.content)) as film:
        frames = list(film.decode(video=0))
        assert film.streams.video[0].codec.name == "h264"
    assert len(frames) == 20
    with Image.open(io.BytesIO(buyer.http.get(result["thumbnailUrl"]).content)) as image:
        image.load()


def test_result_addresses_expire_and_are_made_anew(make: MakeSandbox, clock: ManualClock) -> None:
    buyer = Buyer(make(time_scale=0, clock=clock, url_lifetime=60))
    job_id = start(buyer)
    first = state(buyer, job_id).json()["result"]["imageUrl"]
    assert buyer.http.get(first).status_code == 200
    clock.advance(61)
    assert buyer.http.get(first).status_code == 403
    again = state(buyer, job_id).json()["result"]["imageUrl"]
    assert again != first
    assert buyer.http.get(again).status_code == 200
    assert buyer.http.get(again.replace("imageUrl.png", "other.png")).status_code == 404


def test_a_file_host_refuses_credentials(make: MakeSandbox) -> None:
    buyer = Buyer(make(time_scale=0))
    url = state(buyer, start(buyer)).json()["result"]["imageUrl"]
    assert buyer.http.get(url, headers={"Authorization": "Bearer x"}).status_code == 400


def test_jobs_fail_where_the_options_say_so(make: MakeSandbox) -> None:
    buyer = Buyer(make(time_scale=0, fail_marker="[fail]", failing=[FILM]))
    for job_id in (start(buyer, prompt="Now [fail] please"), start(buyer, FILM)):
        failed = state(buyer, job_id).json()
        assert failed["status"] == "failed"
        assert failed["error"]
        assert "result" not in failed
    assert state(buyer, start(buyer)).json()["status"] == "complete"


def test_only_failed_jobs_can_be_deleted(make: MakeSandbox) -> None:
    buyer = Buyer(make(time_scale=0, fail_marker="[fail]"))
    good, bad = start(buyer), start(buyer, prompt="[fail]")
    assert buyer.signed("DELETE", f"/api/jobs/{good}").status_code == 409
    assert buyer.signed("DELETE", f"/api/jobs/{bad}").json() == {"success": True}
    assert state(buyer, bad).status_code == 404
    assert [job["id"] for job in buyer.signed("GET", "/api/jobs").json()["items"]] == [good]


def test_jobs_are_seen_by_their_payer_only(make: MakeSandbox) -> None:
    sandbox = make(wallets=2)
    mine, other = (Buyer(sandbox, wallet.key) for wallet in sandbox.wallets)
    job_id = start(mine)
    assert state(mine, job_id).status_code == 200
    assert state(other, job_id).status_code == 403
    assert other.signed("DELETE", f"/api/jobs/{job_id}").status_code == 403
    assert other.signed("GET", "/api/jobs").json() == {"items": [], "nextCursor": None}
    assert state(other, "c" + "0" * 24).status_code == 404


def test_the_list_comes_in_pages_the_newest_first(make: MakeSandbox) -> None:
    buyer = Buyer(make(page_size=2, time_scale=0, fail_marker="[fail]"))
    ids = [start(buyer) for _ in range(4)] + [start(buyer, prompt="[fail]")]
    seen: list[str] = []
    query: dict[str, str] = {}
    for _ in range(3):
        page = buyer.signed("GET", "/api/jobs", **query).json()
        assert len(page["items"]) <= 2
        seen += [job["id"] for job in page["items"]]
        query = {"cursor": page["nextCursor"]}
    assert page["nextCursor"] is None
    assert seen == ids[::-1]
    failed = buyer.signed("GET", "/api/jobs", status="failed").json()["items"]
    assert [job["id"] for job in failed] == [ids[-1]]
    assert len(buyer.signed("GET", "/api/jobs", limit=1).json()["items"]) == 1
