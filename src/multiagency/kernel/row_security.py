"""Row security is written where it runs: each room's `functions*.sql` says what is asked, `policies*.sql` who may what.

Both are made anew, for all rooms at once, at the end of every migration (decision 0022).
"""

from pathlib import Path

from sqlalchemy.engine import Connection
from sqlalchemy.util import await_only

ROOMS = (
    "kernel",
    "audit",
    "mail",
    "people",
    "pathways",
    "cases",
    "consultations",
    "safeguards",
    "matching",
    "disclosures",
    "consent",
    "risk",
    "meetings",
    "actions",
    "storage",
    "log_requests",
    "assurance",
    "oversight",
)
"""Rooms with a `policies.sql`, from the lowest floor up; a function asks only functions of its own room or below."""

_PACKAGE = Path(__file__).parents[1]
_KERNEL = _PACKAGE / "kernel"


def _scripts(room: str, kind: str) -> list[Path]:
    """A room's scripts of one kind: the one named so first, and then those of single subjects."""
    return sorted((_PACKAGE / room).glob(f"{kind}*.sql"))


def run_script(connection: Connection, script: Path) -> None:
    """Run a whole script in the connection's transaction; a prepared statement would take one command only."""
    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("a script needs a connection")
    await_only(driver.execute(script.read_text("utf-8")))


def clear(connection: Connection) -> None:
    """Take all policies, functions, triggers and grants away: no revision stumbles on them, and nobody sees a row."""
    run_script(connection, _KERNEL / "clearing.sql")


def apply(connection: Connection) -> None:
    """Put what all rooms say in force, and nothing else: also what was added or altered by hand goes.

    The tables must be those of the newest revision; the caller's transaction must hold the lock of migrations.
    """
    clear(connection)
    run_script(connection, _KERNEL / "helpers.sql")
    for room in ROOMS:  # all of them before the first policy: policies of a lower room ask what a higher one knows
        for functions in _scripts(room, "functions"):
            run_script(connection, functions)
    connection.exec_driver_sql("SELECT pg_temp.hand_over()")
    for room in ROOMS:
        for policies in _scripts(room, "policies"):
            run_script(connection, policies)
