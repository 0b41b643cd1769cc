"""Names under which this machine may be asked."""

from __future__ import annotations

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

IN_PROCESS = "simulator"
"""The host that requests name which never leave the process."""
