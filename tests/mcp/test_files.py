"""The files that an agent may use, and those that it may not."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs
import pytest

from coinslot import ConfigurationError
from coinslot_mcp.folders import Folders, NotAllowed, secret_paths
from coinslot_sandbox.faults import Fault
from coinslot_sandbox.server import Server
from tests.codegen.generating import document, operation, package
from tests.mcp.conftest import Host, play

PHOTO = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
EDIT = "quote_nano_banana_pro_edit"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a photo in it, beside a secret that it must not lead to."""
    made = tmp_path / "allowed"
    (made / "below").mkdir(parents=True)
    (made / "below" / "photo.png").write_bytes(PHOTO)
    (tmp_path / "secret.png").write_bytes(PHOTO)
    return made


@pytest.mark.parametrize(
    "name", ["below/photo.png", "./below/../below/photo.png", "{folder}/below/photo.png"]
)
def test_a_file_below_a_folder_is_read(folder: Path, name: str) -> None:
    assert Folders([folder]).reading().medium(name.format(folder=folder)) == PHOTO


def test_links_that_stay_inside_are_followed(folder: Path) -> None:
    (folder / "linked.png").symlink_to(folder / "below" / "photo.png")
    assert Folders([folder]).reading().medium("linked.png") == PHOTO


@pytest.mark.parametrize(
    "name",
    [
        "../secret.png",
        "below/../../secret.png",
        "{folder}/../secret.png",
        "{folder}/../allowed-too/photo.png",
        "/etc/hostname",
        "~/photo.png",
        "link.png",
        "way/secret.png",
        "hard.png",
        ".hidden.png",
        ".git/photo.png",
        "pipe",
        "below",
        "none.png",
        "",
        "nul\0.png",
        "file:///etc/hostname",
        "data:image/png;base64,AAAA",
        "ftp://example.com/a.png",
    ],
)
def test_nothing_else_is_read_and_nothing_is_told_of_it(folder: Path, name: str) -> None:
    outside = folder.parent
    (outside / "allowed-too").mkdir()
    (outside / "allowed-too" / "photo.png").write_bytes(PHOTO)
    (folder / "link.png").symlink_to(outside / "secret.png")
    (folder / "way").symlink_to(outside)
    os.link(outside / "secret.png", folder / "hard.png")
    (folder / ".hidden.png").write_bytes(PHOTO)
    (folder / ".git").mkdir()
    (folder / ".git" / "photo.png").write_bytes(PHOTO)
    os.mkfifo(folder / "pipe")
    with pytest.raises(NotAllowed, match=r"is no file in the folders|neither an https address"):
        Folders([folder]).reading().medium(name.format(folder=folder))


def test_without_a_folder_there_are_addresses_only(folder: Path) -> None:
    none = Folders([])
    assert none.reading().medium("https://example.com/a.png") == "https://example.com/a.png"
    with pytest.raises(NotAllowed, match="--folder"):
        none.reading().medium(str(folder / "below" / "photo.png"))


def test_what_holds_secrets_is_left_out_wherever_it_lies(folder: Path) -> None:
    home, named = folder / "home", folder / "key.png"
    (home / "wallets").mkdir(parents=True)
    for path in (named, home / "ledger.png", home / "wallets" / "main.png", folder / "home.png"):
        path.write_bytes(PHOTO)
    (folder / "way").symlink_to(home)
    environ = {"COINSLOT_EVM_KEYSTORE": f"test:{named}", "COINSLOT_BASE_RPC": "http://127.0.0.1:1"}
    secret = secret_paths(home / "ledger.sqlite3", environ)
    folders = Folders([folder], secret)
    for name in ("key.png", "home/ledger.png", "home/wallets/main.png", "way/ledger.png"):
        with pytest.raises(NotAllowed, match="is no file in the folders"):
            folders.content(name)
    assert folders.content("home.png") == folders.content("below/photo.png") == PHOTO
    for inside in (home, home / "wallets"):
        with pytest.raises(ConfigurationError, match="nothing for an agent"):
            Folders([inside], secret)
    own = Path(platformdirs.user_data_dir("coinslot", appauthor=False)).resolve()
    assert own in secret


def test_a_folder_inside_another_one_is_seen_where_that_one_hides_it(folder: Path) -> None:
    (folder / ".kept").mkdir()
    (folder / ".kept" / "photo.png").write_bytes(PHOTO)
    assert Folders([folder, folder / ".kept"]).content(".kept/photo.png") == PHOTO


def test_the_files_of_a_call_are_read_once_and_together_have_a_limit(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coinslot_mcp.folders.LARGEST", 2 * len(PHOTO))
    for name in ("a.png", "b.png", "c.png"):
        (folder / name).write_bytes(PHOTO)
    reading = Folders([folder]).reading()
    for name in ("a.png", "b.png", "a.png", "b.png"):
        assert reading.medium(name) == PHOTO
    with pytest.raises(NotAllowed, match="together"):
        reading.medium("c.png")


def test_the_whole_disk_is_no_folder(folder: Path) -> None:
    for wrong in (Path("/"), folder / "none"):
        with pytest.raises(ConfigurationError):
            Folders([wrong])


@pytest.mark.loopback
def test_a_photo_is_uploaded_and_a_quote_binds_what_it_holds(host: Host, api: Server, folder: Path) -> None:
    photo = folder / "below" / "photo.png"
    before = len(api.payments)

    async def scenario() -> None:
        async with host("--folder", str(folder)) as agent:
            refused = await agent.call(EDIT, prompt="At night", images=["../secret.png"])
            assert refused.is_error
            assert "is no file in the folders" in refused.structured_content["error"]
            told = await agent.facts(EDIT, prompt="At night", images=["below/photo.png"])
            assert (told["price"], told["uploads"], told["cost"]) == ("$0.13", "$0.01", "$0.14")
            photo.write_bytes(PHOTO + b"changed")
            changed = await agent.facts("pay", quote_id=told["quote_id"])
            assert (changed["paid"], "not what it was" in changed["error"]) == ("no", True)
            photo.write_bytes(PHOTO)
            assert len(api.payments) == before
            paid = await agent.facts("pay", quote_id=told["quote_id"])
            assert paid["paid"] == "yes", paid
            left = (await agent.facts("prices"))["limits"]["left_this_hour"]
            assert left == "$4.86"
            told = await agent.facts(EDIT, prompt="By day", images=["below/photo.png"])
            api.faults.add(Fault("redirect", route="/api/generate/nano-banana-pro/edit", leg="paying"))
            assert (await agent.facts("pay", quote_id=told["quote_id"]))["paid"] == "unknown"
            photo.unlink()
            assert (await agent.facts("pay", quote_id=told["quote_id"]))["paid"] == "yes"

    play(scenario)
    assert len(api.payments) == before + 3


def test_a_tool_that_only_reads_uploads_nothing(
    host: Host, api: Server, folder: Path, tmp_path: Path
) -> None:
    picture = {"name": "imageUrl", "in": "query", "schema": {"type": "string", "format": "uri"}}
    found = {"type": "object", "properties": {"words": {"type": "string"}}}
    content = document({"/api/pictures/find": {"get": operation(answer=found, parameters=[picture])}})

    async def scenario() -> None:
        async with host("--folder", str(folder), package=sample.__name__) as agent:
            told = await agent.facts("read_pictures_find", image_url="below/photo.png")
            assert (told["paid"], "nothing is uploaded for it" in told["error"]) == ("no", True)

    with package(content, tmp_path / "sample") as sample:
        play(scenario)
