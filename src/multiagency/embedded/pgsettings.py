"""The settings that the embedded PostgreSQL always runs with."""

from __future__ import annotations

import shlex
from pathlib import Path

HOST_BASED_ACCESS = "# Only through the socket, always with a password.\nlocal all all scram-sha-256\n"

# A message of an error quotes values ("invalid input syntax for type date: …"), its detail quotes keys, and its
# statement quotes everything. The application gets all of that; the server's log gets none of it.
_NO_PERSONAL_DATA_IN_THE_LOG = {
    "log_error_verbosity": "terse",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
}

_BASE = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}

# What only a server needs that will be recovered, copied from, or kept running for days.
_THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "io_method": "sync",
}
_DURABLE = {"fsync": "on", "synchronous_commit": "on"}


def server_options(socket_directory: Path, *, durable: bool) -> str:
    """Return the settings as the option string of pg_ctl: given at every start, they hold over any file.

    `durable=False` does not wait for the disk, neither at a commit nor at a checkpoint, and does nothing for later.
    """
    settings = _BASE | _NO_PERSONAL_DATA_IN_THE_LOG | (_DURABLE if durable else _THROWAWAY)
    settings["unix_socket_directories"] = f'"{socket_directory}"'
    return " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())
