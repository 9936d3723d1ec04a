"""A progress bar on a terminal; nothing where nobody looks."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[int, int], None]
"""Told how much is done, and how much there is."""

_BAR = 30


@contextmanager
def progress_bar() -> Iterator[Progress | None]:
    """Give what draws the bar on standard error, and clear it afterwards; None when that is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    try:
        yield _show
    finally:
        sys.stderr.write("\r\033[K")


def _show(done: int, total: int) -> None:
    share = min(done / total, 1) if total else 1
    filled = round(share * _BAR)
    sys.stderr.write(f"\r[{'#' * filled}{'.' * (_BAR - filled)}] {done}/{total}")
    sys.stderr.flush()
