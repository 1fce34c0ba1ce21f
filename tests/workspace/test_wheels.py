"""What a user gets who installs our folders, none of it editable."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.utils import canonicalize_name

from tests.workspace.dependencies import needed_by
from tests.workspace.distributions import ALL, BASE, RUNTIME, STABLESTUDIO, Distribution
from tests.workspace.wheels import wheel_of

CLIENT = (RUNTIME, BASE, STABLESTUDIO)

USE_CLIENT = """
import sys
home, *absent = sys.argv[1:]
sys.modules.update(dict.fromkeys(absent))  # None: as if not installed
sys.path.insert(0, home)
import coinslot, stablestudio
assert coinslot.__file__.startswith(home) and stablestudio.__file__.startswith(home)
with stablestudio.StableStudio(pay_with=["base"], max_price="0.25") as studio:
    assert callable(studio.nano_banana_pro.generate.quote)
"""


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[Distribution, Path]:
    """Every distribution's wheel."""
    return {one: wheel_of(one, tmp_path_factory.mktemp("wheel")) for one in ALL}


@pytest.mark.parametrize("one", ALL, ids=str)
def test_wheel_holds_the_package_whole_and_nothing_else(
    one: Distribution, wheels: dict[Distribution, Path]
) -> None:
    names = {name for name in ZipFile(wheels[one]).namelist() if ".dist-info/" not in name}
    files = {path for path in one.source.rglob("*") if path.is_file() and not _is_cache(path)}
    assert names == {path.relative_to(one.source.parent).as_posix() for path in files}


def test_paying_client_works_without_the_generator(
    wheels: dict[Distribution, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for one in CLIENT:
        ZipFile(wheels[one]).extractall(tmp_path / "site")
    needed = needed_by(*CLIENT)
    absent = [
        name
        for name, homes in packages_distributions().items()
        if not needed & {canonicalize_name(home) for home in homes}
    ]
    own = [one.package for one in ALL if one not in CLIENT]
    monkeypatch.setenv("COINSLOT_EVM_KEY", "test:0x" + "11" * 32)
    monkeypatch.setenv("COINSLOT_HOME", str(tmp_path))
    run = [sys.executable, "-I", "-c", USE_CLIENT, str(tmp_path / "site"), *absent, *own]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _is_cache(path: Path) -> bool:
    return any(part == "__pycache__" or part.endswith("_cache") for part in path.parts)
