"""Where a ledger may lie, and who may read and write there."""

from __future__ import annotations

import os
import stat
import sys
import warnings
from pathlib import Path

import pytest

from coinslot.cautions import CoinslotWarning
from coinslot.errors import ConfigurationError, LedgerUnavailable
from coinslot.ledger import SqliteLedger
from coinslot.ledger._place import Mount, parse_mount, parse_mountinfo, read_mounts, shared
from coinslot.transport import PaymentTransport
from tests.ledger.parts import plan


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_files_are_for_their_owner_alone(ledger: SqliteLedger) -> None:
    ledger.plan(plan(), ledger.enter())
    folder = ledger.path.parent

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir() if path.is_file()}
    assert set(modes.values()) == {0o600}
    assert "ledger.sqlite3-wal" in modes
    ledger.close()
    ledger.path.chmod(0o644)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        SqliteLedger(ledger.path).attempts()


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs", "9p"])
def test_no_ledger_opens_where_other_machines_write_too(tmp_path: Path, kind: str) -> None:
    mounts = [
        Mount(Path("/"), "ext4"),
        Mount(tmp_path / "share", kind),
        Mount(tmp_path / "share/own", "ext4"),
    ]
    for folder in (tmp_path / "share", tmp_path / "share" / "below" / "it"):
        ledger = SqliteLedger(folder / "ledger.sqlite3", mounts=lambda: mounts)
        with pytest.raises(LedgerUnavailable, match=rf"{kind}.*set COINSLOT_HOME"):
            ledger.attempts()
        assert not ledger.path.exists()

    SqliteLedger(tmp_path / "share" / "own" / "ledger.sqlite3", mounts=lambda: mounts).attempts()
    SqliteLedger(tmp_path / "ledger.sqlite3", mounts=list).attempts()


def test_the_mount_that_was_made_last_counts(tmp_path: Path) -> None:
    mounts = [Mount(tmp_path, "nfs"), Mount(tmp_path, "ext4"), Mount(Path("/"), "9p")]
    assert shared(tmp_path, lambda: mounts) is None
    assert shared(tmp_path, lambda: mounts[::-1]) == "nfs"
    assert shared(Path("/elsewhere"), lambda: mounts) is None  # a machine whose every file is from elsewhere


def test_mounts_are_read_from_what_systems_print() -> None:
    linux = [
        r"36 35 98:0 / /mnt/a\040b rw,noatime master:1 shared:2 - nfs4 server:/a rw",
        "22 1 0:3 / /proc rw - proc proc rw",
        "not a mount",
    ]
    macos = [
        "/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)",
        "//ada@host/share on /Volumes/my share (smbfs, nodev, nosuid, mounted by ada)",
    ]
    assert list(parse_mountinfo(linux)) == [Mount(Path("/mnt/a b"), "nfs4"), Mount(Path("/proc"), "proc")]
    assert list(parse_mount(macos)) == [
        Mount(Path("/"), "apfs"),
        Mount(Path("/Volumes/my share"), "smbfs"),
    ]
    if sys.platform == "linux":
        assert Path("/proc") in [mount.point for mount in read_mounts()]


def test_a_live_keys_ledger_in_a_folder_for_temporary_files_is_warned_of(tmp_path: Path) -> None:
    environ = {"COINSLOT_HOME": str(tmp_path), "COINSLOT_EVM_KEY": f"{7:064x}"}
    with pytest.warns(CoinslotWarning, match="temporary files.*Set COINSLOT_HOME"):
        assert PaymentTransport(pay_with=["base"], environ=environ).recover() == []
    # Of a test key, and of a ledger that was given, nothing is said: warnings are errors here.
    test = {**environ, "COINSLOT_EVM_KEY": f"test:{7:064x}"}
    assert PaymentTransport(pay_with=["base"], environ=test).recover() == []
    given = SqliteLedger(tmp_path / "ledger.sqlite3")
    assert PaymentTransport(pay_with=["base"], environ=environ, ledger=given).recover() == []


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
@pytest.mark.parametrize("given", [False, True], ids=["of-home", "given"])
def test_a_live_keys_ledger_is_not_kept_where_others_can_take_it_away(
    tmp_path: Path,
    given: bool,  # noqa: FBT001 - a column
) -> None:
    home = tmp_path / "home"
    home.mkdir()

    def told(key: str) -> str:
        environ = {"COINSLOT_HOME": str(home), "COINSLOT_EVM_KEY": key}
        ledger = SqliteLedger(home / "ledger.sqlite3") if given else None
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", CoinslotWarning)
            assert PaymentTransport(pay_with=["base"], environ=environ, ledger=ledger).recover() == []
        return " ".join(text for one in caught if "chmod" in (text := str(one.message)))

    live, test = f"{7:064x}", f"test:{7:064x}"
    home.chmod(0o777)
    with pytest.raises(ConfigurationError, match=f"everybody.*chmod 700 {home}"):
        told(live)
    assert "everybody" in told(test)
    home.chmod(0o770)
    assert "its group" in told(live)
    assert told(test) == ""
    home.chmod(0o755)
    assert told(live) == ""
    tmp_path.chmod(0o777)
    assert f"everybody can write to {tmp_path}" in told(live)
    tmp_path.chmod(0o1777)  # what is whose there, nobody else takes away
    assert told(live) == ""
