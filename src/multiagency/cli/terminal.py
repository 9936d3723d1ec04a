"""What the commands say: a progress bar where somebody looks, and sentences about what went wrong."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from multiagency.kernel.progress import Progress

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


def tell(sentence: str) -> int:
    """Say on standard error what went wrong; return the exit status 1."""
    sys.stderr.write(f"multiagency: {sentence}\n")
    return 1


def sentences(error: Exception) -> list[str]:
    """Return what went wrong, a sentence each, without the values of settings: they may be passwords."""
    from pydantic import ValidationError
    from sqlalchemy.exc import DBAPIError

    if isinstance(error, ValidationError):
        problems = error.errors(include_input=False, include_url=False)
        return [f"{'.'.join(map(str, problem['loc'])) or 'settings'}: {problem['msg']}" for problem in problems]
    if isinstance(error, DBAPIError):
        return [f"the database refuses ({type(error.orig.__cause__ if error.orig else error).__name__})"]
    return [str(error) or type(error).__name__]
