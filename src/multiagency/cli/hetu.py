"""`multiagency hetu`: what a Finnish personal identity code tells. Needs neither database nor settings."""

import argparse
import json
import sys
from typing import Any

from multiagency.kernel.identity_code import birth_date, fault_of, is_artificial, tidy

_REASONS = {
    "form": "This is not the form of a personal identity code: six digits, a sign, three digits and a check character.",
    "day": "There is no such day of birth.",
    "number": "There is no such individual number: they begin at 002.",
    "check": "The check character does not fit the digits.",
}


def add(commands: Any) -> None:
    """Add `hetu` to the command line."""
    hetu = commands.add_parser("hetu", help="check a personal identity code; exit 0 when it is valid, else 1")
    hetu.add_argument("code", nargs="*", help="spaces in it are no matter")
    hetu.add_argument("--json", action="store_true", help="one JSON document on stdout and nothing else")
    hetu.set_defaults(run=_hetu, rest=[])  # what begins with a hyphen is no option but a code, if a wrong one


def _hetu(options: argparse.Namespace) -> int:
    code = tidy("".join([*options.code, *options.rest]))
    reason = _REASONS.get(fault_of(code) or "")
    valid = reason is None
    told = {
        "valid": valid,
        "born": birth_date(code).isoformat() if valid else None,
        "artificial": valid and is_artificial(code),
        "reason": reason,
    }
    sys.stdout.write((json.dumps(told) if options.json else _words(told)) + "\n")
    return 0 if valid else 1


def _words(told: dict[str, Any]) -> str:
    if not told["valid"]:
        return str(told["reason"])
    nobody = " It was given to nobody: 900 to 999 are artificial." if told["artificial"] else ""
    return f"The code is valid. Born {told['born']}.{nobody}"
