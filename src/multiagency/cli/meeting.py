"""`multiagency meeting order`: the order of cases in which people wait least; without the service and its database."""

import argparse
import json
import math
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from multiagency.cli.terminal import tell

if TYPE_CHECKING:
    from multiagency.meetings.ordering.given import OrderRefused, Wanted
    from multiagency.meetings.ordering.solving import OrderAnswer

MOST_SECONDS = 3600
_SOLVING = 0.97
"""Of the seconds; the rest is for reading, a last step, and saying the answer."""


def add(commands: Any) -> None:
    """Add `meeting order` to the command line."""
    meeting = commands.add_parser("meeting", help="put the cases of a meeting in the order in which people wait least")
    acts = meeting.add_subparsers(required=True, metavar="act")
    order = acts.add_parser("order", help="read items, weights and constraints; print the order and what it costs")
    order.add_argument("file", help="JSON; - is standard input")
    order.add_argument("--json", action="store_true", help="print JSON")
    order.add_argument("--seconds", default="10", help="when to stop at the latest (10)")
    order.set_defaults(run=_order)


def _order(options: argparse.Namespace) -> int:
    from multiagency.meetings.ordering.given import MOST_BYTES, OrderRefused, read
    from multiagency.meetings.ordering.solving import solve

    began = time.perf_counter()
    try:
        seconds = _seconds(options.seconds)
        wanted = read(_content(options.file, MOST_BYTES + 1))
        answer = solve(wanted, max(0.0, _SOLVING * seconds - (time.perf_counter() - began)))
    except OrderRefused as error:
        return _refuse(error, options.json)
    except OSError as error:
        return _refuse(OrderRefused(f"{options.file}: {error.strerror or 'cannot be read'}"), options.json)
    said = _said(wanted, answer, time.perf_counter() - began)
    sys.stdout.write(f"{json.dumps(said) if options.json else _words(wanted, answer)}\n")
    return 0


def _seconds(text: str) -> float:
    from multiagency.meetings.ordering.given import OrderRefused

    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= MOST_SECONDS:
        raise OrderRefused(f"--seconds is a number from 0 to {MOST_SECONDS}")
    return seconds


def _content(name: str, most: int) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read(most)
    with Path(name).open("rb") as file:
        return file.read(most)


def _said(wanted: "Wanted", answer: "OrderAnswer", seconds: float) -> dict[str, Any]:
    return {
        "order": [wanted.items[place].id for place in answer.order],
        "waiting": _number(answer.waiting),
        "lower_bound": _number(answer.lower_bound),
        "optimal": answer.optimal,
        "stopped_by": answer.stopped_by,
        "as_entered": _number(answer.as_entered),
        "seconds": round(seconds, 3),
    }


def _number(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else float(value)


def _words(wanted: "Wanted", answer: "OrderAnswer") -> str:
    """Say it in lines: when each item begins, who waits, and how sure that is."""
    from multiagency.meetings.ordering.measuring import starts, waiting_of

    begin = starts(wanted, answer.order)
    lines = [f"{_number(begin[place]):>7} min  {wanted.items[place].id}" for place in answer.order]
    waits = sorted(waiting_of(wanted, answer.order).items(), key=lambda one: (-one[1], one[0]))
    lines += [f"{person} waits {_number(minutes)} min" for person, minutes in waits if minutes]
    sure = {
        "proof": "no order is better",
        "moves": f"the best found; no order is below {_number(answer.lower_bound)}",
        "clock": f"the best found when the time was up; no order is below {_number(answer.lower_bound)}",
    }[answer.stopped_by]
    lines.append(f"waiting: {_number(answer.waiting)} (as entered: {_number(answer.as_entered)}); {sure}")
    return "\n".join(lines)


def _refuse(error: "OrderRefused", as_json: bool) -> int:
    if as_json:
        sys.stdout.write(f"{json.dumps({'error': str(error), 'conflict': error.conflict})}\n")
        return 2
    tell(str(error))
    for said in error.conflict:
        sys.stderr.write(f"  {json.dumps(said)}\n")
    return 2
