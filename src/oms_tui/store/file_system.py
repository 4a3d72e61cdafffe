"""On what kind of file system a database lies: SQLite's locks do not hold on network ones (invariant F7)."""

import os
from pathlib import Path

from oms_tui.store.errors import NetworkFileSystem

_MOUNTS = Path("/proc/self/mountinfo")
_NETWORK = frozenset(
    {
        "9p",
        "afs",
        "afpfs",
        "beegfs",
        "ceph",
        "cifs",
        "coda",
        "davfs",
        "gfs",
        "gfs2",
        "glusterfs",
        "gpfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "ocfs2",
        "orangefs",
        "smb2",
        "smb3",
        "smbfs",
        "webdav",
    }
)
_NETWORK_FUSE = (
    "sshfs",
    "rclone",
    "s3fs",
    "goofys",
    "gcsfuse",
    "davfs",
    "smb",
    "nfs",
    "curlftpfs",
    "gluster",
)


def refuse_network(path: Path, mounts: Path = _MOUNTS) -> None:
    """Do nothing where SQLite's locks hold.

    Args:
        path: The database file; it need not be there yet.
        mounts: The kernel's list of mounts. Where there is none (not Linux) nothing is refused.

    Raises:
        NetworkFileSystem: The file system is one shared over a network.
    """
    kind = kind_of_file_system(path, mounts)
    if is_network(kind):
        raise NetworkFileSystem(
            f"{path} lies on a network file system ({kind}), where programs can damage an SQLite database. "
            "Put it on a disk of this machine."
        )


def is_network(kind: str) -> bool:
    """Whether a file system's type, as the kernel names it, is shared over a network."""
    if kind in _NETWORK:
        return True
    return kind.startswith("fuse.") and kind.removeprefix("fuse.").startswith(_NETWORK_FUSE)


def kind_of_file_system(path: Path, mounts: Path = _MOUNTS) -> str:
    """The type of the file system `path` lies on or would lie on, "" where that is not known."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    place = os.path.realpath(path)
    best, kind = -1, ""
    for line in lines:
        before, _, after = line.partition(" - ")
        point = _plain(before.split(" ")[4])
        # A later mount on the same point hides the earlier one.
        if _lies_below(place, point) and len(point) >= best:
            best, kind = len(point), after.split(" ")[0]
    return kind


def _lies_below(place: str, point: str) -> bool:
    return point == "/" or place == point or place.startswith(f"{point}/")


def _plain(point: str) -> str:
    """A mount point as the kernel writes it, with blanks as octal numbers, as a path."""
    for code, char in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        point = point.replace(code, char)
    return point
