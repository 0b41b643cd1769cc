"""Folders in which a library would not be safe, and the words for it."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")

SHARED_SYSTEMS = {
    "nfs": "a network drive (NFS)",
    "nfs4": "a network drive (NFS)",
    "cifs": "a network drive (SMB)",
    "smb3": "a network drive (SMB)",
    "smbfs": "a network drive (SMB)",
    "afs": "a network drive (AFS)",
    "ceph": "a network drive (Ceph)",
    "lustre": "a network drive (Lustre)",
    "gpfs": "a network drive (GPFS)",
    "9p": "a drive shared with another system (9p)",
    "fuse": "a drive that a program makes up (FUSE)",
}
"""File systems on which a lock or a flush may be promised and not kept, by the kernel's names."""

SYNCED_FOLDERS = {
    "dropbox": "Dropbox",
    "onedrive": "OneDrive",
    "mobile documents": "iCloud Drive",
    "clouddocs": "iCloud Drive",
    "icloud drive": "iCloud Drive",
    "icloud~": "iCloud Drive",
}
"""Beginnings of folder names, in small letters, which a program copies to other machines behind our back."""

_told: set[Path] = set()


def warn_where_unsafe(folder: Path) -> None:
    """Say once for each folder that a library does not belong there, where it does not."""
    risk = synced(folder) or shared(folder)
    if risk is None or folder in _told:
        return
    _told.add(folder)
    warnings.warn(
        f"The library {folder} is on {risk}. Two kernels may damage it there, and what was flushed may not be kept. "
        "Choose a folder on a local disk: library=... or SORA_NB_HOME.",
        stacklevel=4,
    )


def synced(folder: Path) -> str | None:
    """The program that copies this folder elsewhere, as far as names tell."""
    for part in folder.parts:
        for beginning, program in SYNCED_FOLDERS.items():
            if part.lower().startswith(beginning):
                return f"a folder that {program} copies"
    return None


def shared(folder: Path) -> str | None:
    """What kind of drive this is, where it is not a local one. Only Linux tells."""
    if not sys.platform.startswith("linux") or not MOUNTS.exists():
        return None
    nearest, kind = -1, ""
    for line in MOUNTS.read_text(errors="replace").splitlines():
        before, _, after = line.partition(" - ")
        point = Path(before.split()[4].encode().decode("unicode_escape"))
        if folder.is_relative_to(point) and len(point.parts) >= nearest:
            nearest, kind = len(point.parts), after.split()[0]
    # Containers without root use an overlay over a local disk which only looks like the others.
    return None if kind == "fuse.fuse-overlayfs" else SHARED_SYSTEMS.get(kind.partition(".")[0])
