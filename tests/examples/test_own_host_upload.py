from __future__ import annotations

from pathlib import Path

import pytest

from coinslot.errors import ConfigurationError
from tests.cassettes.seller import PIXEL
from tests.examples.conftest import Install, MakeStudio
from tests.examples.shop import FILES, Shop


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "the harbour.png"
    path.write_bytes(PIXEL)
    return path


def test_a_client_uploads_with_it_by_name(
    install: Install, studio: MakeStudio, shop: Shop, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("own-host-upload")
    monkeypatch.setenv("OWN_HOST_FOLDER", FILES)

    address = studio(uploads="own-host").upload(photo)

    assert address.startswith(f"{FILES}/")
    assert address.endswith("/the%20harbour.png")
    assert shop.files == {address: PIXEL}
    assert not shop.paid


def test_it_says_what_it_needs(install: Install, studio: MakeStudio, photo: Path) -> None:
    install("own-host-upload")
    with pytest.raises(ConfigurationError, match="OWN_HOST_FOLDER"):
        studio(uploads="own-host").upload(photo)


def test_it_can_be_handed_over_as_an_object(
    install: Install, studio: MakeStudio, shop: Shop, photo: Path
) -> None:
    install("own-host-upload")
    from own_host_upload import OwnHost

    address = studio(uploads=OwnHost(FILES)).upload(photo)

    assert shop.files == {address: PIXEL}


def test_without_it_the_error_names_what_there_is(studio: MakeStudio, photo: Path) -> None:
    with pytest.raises(ConfigurationError, match="no upload strategy named 'own-host'; there are: three-"):
        studio(uploads="own-host").upload(photo)
