"""`multiagency clock`: the last day of a period that runs from a date. Needs neither database nor settings."""

import argparse
import json
import re
import sys
from datetime import date
from typing import Any

from multiagency.pathways.clocks import Unit, due

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"[0-9]{1,6}")


def add(commands: Any) -> None:
    """Add `clock` to the command line."""
    clock = commands.add_parser("clock", help="tell the last day of a period that runs from a date")
    clock.add_argument("date", metavar="YYYY-MM-DD", help="the day of the event, which does not count itself")
    period = clock.add_mutually_exclusive_group(required=True)
    for unit in Unit:
        period.add_argument(f"--{unit.replace('_', '-')}", metavar="N")
    clock.add_argument("--json", action="store_true", help="one JSON document on stdout and nothing else")
    clock.set_defaults(run=_clock)


def _clock(options: argparse.Namespace) -> int:
    unit = next(unit for unit in Unit if getattr(options, unit) is not None)
    end = due(_day(options.date), unit, _length(getattr(options, unit))).isoformat()
    sys.stdout.write((json.dumps({"due": end}) if options.json else end) + "\n")
    return 0


def _day(text: str) -> date:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError("the date must be a day of the calendar, as YYYY-MM-DD")


def _length(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise ValueError("the length of the period must be a whole number, not negative")
    return int(text)
