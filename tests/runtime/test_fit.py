"""A client and a runtime that do not fit say so when they first meet."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from coinslot import AsyncClient, Client, ConfigurationError
from coinslot.fit import SERIES, check_fit


def test_the_series_is_the_distributions_own() -> None:
    text = (Path(__file__).resolve().parents[2] / "runtime" / "pyproject.toml").read_text("utf-8")
    version = tomllib.loads(text)["project"]["version"]
    assert version.startswith(f"{SERIES}.")


@pytest.mark.parametrize("base", [Client, AsyncClient])
def test_a_client_for_a_newer_runtime_cannot_be_imported(base: type[Client | AsyncClient]) -> None:
    with pytest.raises(
        ConfigurationError, match=r"needs coinslot 0\.10 or newer, and 0\.1 is installed: upgrade"
    ):
        type("Shop", (base,), {"RUNTIME": "0.10", "__module__": "shop._client"})


def test_a_client_for_an_older_runtime_is_told_what_to_do() -> None:
    with pytest.raises(
        ConfigurationError, match=r"^shop was generated for coinslot 0\.1, and coinslot 0\.3 serves"
    ):
        check_fit("0.1", "shop", series="0.3", oldest="0.2")
    check_fit("0.2", "shop", series="0.3", oldest="0.2")


def test_a_client_of_ones_own_fits() -> None:
    class Shop(Client):
        pass

    assert Shop.RUNTIME == SERIES
