"""Telling how far something long is: the log verified, keys changed, records deleted."""

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Told how much is done, and how much there is."""
