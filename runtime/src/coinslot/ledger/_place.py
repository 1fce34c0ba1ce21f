"""What kind of place a folder is: a disk of this machine, one that is shared, or one that is wiped.

The locks of a database cannot be relied on where several machines share its file, so a ledger there could pay
twice. A folder for temporary files forgets what was paid.
"""

from __future__ import annotations

import platform
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

SHARED = frozenset(
    {
        *("9p", "afpfs", "afs", "beegfs", "ceph", "cifs", "davfs", "gfs2", "glusterfs", "gpfs", "lustre"),
        *(
            "ncpfs",
            "nfs",
            "nfs4",
            "ocfs2",
            "orangefs",
            "pvfs2",
            "smb3",
            "smbfs",
            "vboxsf",
            "virtiofs",
            "webdav",
        ),
        *(
            "fuse.ceph",
            "fuse.davfs2",
            "fuse.gcsfuse",
            "fuse.glusterfs",
            "fuse.rclone",
            "fuse.s3fs",
            "fuse.sshfs",
        ),
    }
)
"""File systems that other machines write to as well."""
FLEETING = frozenset({"ramfs", "tmpfs"})
_UNC = "network folder"
_MACOS_MOUNT = re.compile(r"^.* on (?P<point>/.*?) \((?P<kind>[\w.+-]+)[,)]")
_ESCAPED = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Mount:
    """A file system and where it begins."""

    point: Path
    kind: str


Mounts: TypeAlias = Callable[[], Sequence[Mount]]
"""Reads the machine's mounts, the newest last; none where that cannot be known."""


def read_mounts() -> Sequence[Mount]:
    """Return the mounts of this machine, as far as it tells."""
    try:
        if platform.system() == "Linux":
            lines = Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape").splitlines()
            return list(parse_mountinfo(lines))
        if platform.system() == "Darwin":
            listed = subprocess.run(["/sbin/mount"], capture_output=True, text=True, timeout=5, check=True)
            return list(parse_mount(listed.stdout.splitlines()))
    except (OSError, subprocess.SubprocessError):
        pass
    return ()


def parse_mountinfo(lines: Iterable[str]) -> Iterable[Mount]:
    """Read Linux's list (proc_pid_mountinfo(5)); optional fields end at a lone dash."""
    for fields in (line.split(" ") for line in lines):
        if "-" in fields[6:-1]:
            kind = fields[fields.index("-", 6) + 1]
            yield Mount(Path(_ESCAPED.sub(lambda found: chr(int(found[1], 8)), fields[4])), kind)


def parse_mount(lines: Iterable[str]) -> Iterable[Mount]:
    """Read what macOS's `mount` prints."""
    for line in lines:
        found = _MACOS_MOUNT.match(line)
        if found is not None:
            yield Mount(Path(found["point"]), found["kind"])


def file_system(folder: Path, mounts: Mounts = read_mounts) -> str | None:
    """Return the kind of file system that a folder lies on; None where that cannot be known."""
    here = folder.resolve()
    if here.drive.startswith("\\\\"):
        return _UNC
    found = _mount_of(here, mounts())
    return found.kind if found is not None else None


def shared(folder: Path, mounts: Mounts = read_mounts) -> str | None:
    """Return the kind of a file system that other machines share; None for one of this machine."""
    here = folder.resolve()
    if here.drive.startswith("\\\\"):
        return _UNC
    found = _mount_of(here, mounts())
    # A machine that has all its files from elsewhere, as some containers do, has nothing better.
    if found is None or found.kind not in SHARED or found.point == Path("/"):
        return None
    return found.kind


def fleeting(folder: Path, mounts: Mounts = read_mounts) -> bool:
    """Whether what is in this folder is wiped sooner or later."""
    here = folder.resolve()
    if here.is_relative_to(Path(tempfile.gettempdir()).resolve()):
        return True
    found = _mount_of(here, mounts())
    return found is not None and found.kind in FLEETING


def _mount_of(here: Path, mounts: Sequence[Mount]) -> Mount | None:
    above = [mount for mount in mounts if here.is_relative_to(mount.point)]
    # Of several at one point the last one hides the others.
    return max(reversed(above), key=lambda mount: len(mount.point.parts), default=None)
