"""Who holds a lease: a kernel, named so that a dead one is known at once and never mistaken for another.

A name is `machine/pid/start/token`. The machine is one boot and one room of process numbers, so
that two containers with the same host name are not taken for each other; the start tells a process
from a later one with the same number.
"""

from __future__ import annotations

import os
import re
import secrets
import socket
from pathlib import Path

PROC = Path("/proc")


def new_name() -> str:
    """A name for something in this process that will hold leases."""
    return "/".join((machine(), str(os.getpid()), started(os.getpid()) or "", secrets.token_hex(4)))


def machine() -> str:
    """This host, this boot, and this room of process numbers, as far as the system tells."""
    host = re.sub(r"[^\w.-]", "-", socket.gethostname())
    try:
        boot = (PROC / "sys/kernel/random/boot_id").read_text()[:8]
        room = re.sub(r"\D", "", os.readlink(PROC / "self/ns/pid"))
    except OSError:
        return host  # only Linux tells more
    return f"{host}.{boot}.{room}"


def started(pid: int) -> str | None:
    """When a process began, in the system's own count; None where there is none, or the system does not tell."""
    try:
        told = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    # The second field is the program's name, which may hold spaces and brackets.
    state, *rest = told.rpartition(")")[2].split()
    return None if state in "ZX" else rest[18]


def is_here(name: str) -> bool:
    """Does the name belong to this very process?"""
    return name.rsplit("/", 1)[0] == "/".join((machine(), str(os.getpid()), started(os.getpid()) or ""))


def may_live(name: str) -> bool:
    """Could the process behind a name still be at work? True wherever that cannot be told from here."""
    where, *rest = name.split("/")
    if where != machine() or len(rest) != 3 or not rest[0].isdigit():
        return True
    pid, start, _ = rest
    if start:
        return started(int(pid)) == start
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
