"""A backend that is taken away leaves the others and every client working, and says how it comes back.

Each is tried in a place that holds the wheels of our distributions beside third parties, as a user's does.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from coinslot.backends import HOW_TO_INSTALL
from coinslot_sandbox import Sandbox
from coinslot_sandbox.server import Server
from tests.swap.shop import NETWORKS
from tests.workspace.distributions import BACKENDS, OWN_NAMES, ROOT, RUNTIME, STABLESTUDIO
from tests.workspace.wheels import wheel_of

pytestmark = pytest.mark.loopback

TRY = """
import json, sys
place, url, pay_with, keys, home = sys.argv[1:]
sys.path.append(place)
from coinslot import CoinslotError
from coinslot.backend import Surroundings
from stablestudio import StableStudio

told = {}
environ = {**json.loads(keys), "COINSLOT_HOME": home}
calm = Surroundings(sleep=lambda _: None)
options = {"base_url": url, "environ": environ, "surroundings": calm, "max_price": "0.05"}
try:
    with StableStudio(pay_with=json.loads(pay_with), **options) as studio:
        quote = studio.grok.edit.quote(prompt="More teeth", images=["https://files.example/a.png"])
        result = studio.grok.edit(prompt="More teeth", images=["https://files.example/a.png"]).wait()
    told = {"backend": quote.backend, "url": result.image_url}
except CoinslotError as error:
    told = {"error": f"{type(error).__name__}: {error}"}
print(json.dumps({**told, "loaded": sorted(sys.modules)}))
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    document = (ROOT / "generated/stablestudio.openapi.json").read_bytes()
    with Sandbox(document, networks=tuple(NETWORKS), time_scale=0).serve() as running:
        yield running


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Third parties, our runtime, all our backends and a generated client."""
    place = tmp_path_factory.mktemp("site")
    for part in Path(sysconfig.get_path("purelib")).iterdir():
        name = re.split(r"-\d", part.name.removeprefix("__editable__"))[0].strip("._").lower()
        if part.suffix != ".pth" and name.replace("_", "-") not in OWN_NAMES:
            (place / part.name).symlink_to(part)
    for one in (RUNTIME, STABLESTUDIO, *BACKENDS):
        ZipFile(wheel_of(one, tmp_path_factory.mktemp("wheel"))).extractall(place)
    return place


@pytest.fixture
def place(whole: Path, tmp_path: Path) -> Path:
    """A copy from which something can be taken away."""
    return Path(shutil.copytree(whole, tmp_path / "site", symlinks=True))


def uninstall(place: Path, name: str) -> None:
    for part in [place / f"coinslot_{name}", *place.glob(f"coinslot_{name}-*.dist-info")]:
        shutil.rmtree(part)


def tried(place: Path, server: Server, pay_with: Sequence[str] | None, home: Path) -> dict[str, Any]:
    """Make a paid call in a process that sees nothing but this place."""
    keys = json.dumps(server.wallets[0].environ)
    arguments = [str(place), server.url, json.dumps(pay_with), keys, str(home)]
    run = [sys.executable, "-I", "-S", "-c", TRY, *arguments]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize("gone", NETWORKS)
def test_a_backend_that_is_gone_leaves_the_others_and_says_how_it_comes_back(
    gone: str, place: Path, server: Server, tmp_path: Path
) -> None:
    uninstall(place, gone)

    missing = tried(place, server, [gone], tmp_path)
    for name in NETWORKS.keys() - {gone}:
        assert tried(place, server, [name], tmp_path / name)["backend"] == name
    unnamed = tried(place, server, None, tmp_path / "unnamed")

    others = ", ".join(sorted(NETWORKS.keys() - {gone}))
    told = f"ConfigurationError: The backend '{gone}' is not installed. Installed are: {others}. Ours: "
    assert missing["error"] == f"{told}{HOW_TO_INSTALL}."
    assert "coinslot-" not in missing["error"]
    assert unnamed["backend"] in NETWORKS.keys() - {gone}


def test_without_any_backend_the_error_says_what_to_install(
    place: Path, server: Server, tmp_path: Path
) -> None:
    for name in NETWORKS:
        uninstall(place, name)
    assert "pip install" in tried(place, server, None, tmp_path)["error"]


@pytest.mark.parametrize(
    ("name", "unwanted"),
    [("base", {"solders"}), ("solana", {"eth_account", "coincurve"}), ("tempo", {"solders", "eth_account"})],
)
def test_paying_in_one_way_loads_no_other_ways_signer(
    name: str, unwanted: set[str], whole: Path, server: Server, tmp_path: Path
) -> None:
    loaded = set(tried(whole, server, [name], tmp_path)["loaded"])

    assert not loaded & unwanted
    assert not loaded & {f"coinslot_{other}" for other in NETWORKS.keys() - {name}}
    assert f"coinslot_{name}" in loaded
