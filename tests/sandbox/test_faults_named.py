"""How faults are named, narrowed and brought along."""

from __future__ import annotations

from pathlib import Path

import pytest

from coinslot_sandbox import Fault
from coinslot_sandbox.faults.catalogue import table
from tests.sandbox.buyer import PRINT
from tests.sandbox.conftest import MakeSandbox
from tests.sandbox.stage import BODY, Stage

pytestmark = pytest.mark.loopback


@pytest.mark.parametrize(
    ("written", "flaw"),
    [
        ("nonsense", "no fault is called"),
        ("error=often", "often"),
        ("error@nowhere", "no leg is called"),
        ("price=cheap", "no amount"),
        ("refuse-after-settlement=other", "none of same, rotated"),
        ("error with spaces", "is not KIND"),
    ],
)
def test_what_says_nothing_is_refused(make: MakeSandbox, written: str, flaw: str) -> None:
    with pytest.raises(ValueError, match=flaw):
        make(faults=[written])


def test_a_fault_is_written_as_one_word() -> None:
    read = Fault.read("redirect@paying=https://other.example/x?y=1:POST /api/generate/*:3")
    assert read == Fault(
        "redirect",
        value="https://other.example/x?y=1",
        times=3,
        route="POST /api/generate/*",
        leg="paying",
    )
    assert Fault.read("delay=2:always").times is None


def test_faults_can_be_narrowed_to_requests(stage: Stage) -> None:
    stage.arm(Fault("error", text="[broken]", times=None), Fault("error", route="/api/generate/lantern/*"))
    assert stage.pay().status_code == 200
    assert stage.buyer.http.post(PRINT, json={"prompt": "x [broken]"}).status_code == 500
    stage.sandbox.faults.clear()
    assert stage.buyer.http.post(PRINT, json={"prompt": "x [broken]"}).status_code == 402


def test_a_request_can_bring_its_own(stage: Stage) -> None:
    def asked(fault: str) -> int:
        return stage.buyer.http.post(PRINT, json=BODY, headers={"Coinslot-Fault": fault}).status_code

    assert [asked(fault) for fault in ("rate-limit", "nonsense", "confirm-lost")] == [429, 400, 402]


def test_the_readme_lists_them_all() -> None:
    readme = (Path(__file__).parents[2] / "plugins/sandbox/README.md").read_text()
    assert f"<!-- faults -->\n{table()}\n<!-- /faults -->" in readme
