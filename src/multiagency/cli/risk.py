"""`multiagency risk`: counts answers by an instrument, and checks a pack; without the service and its database."""

import argparse
import dataclasses
import json
import os
import sys
from pathlib import Path
from typing import Any

from multiagency.cli.terminal import tell
from multiagency.risk.instruments import Pack, PackRefused, instrument, packs, read_pack
from multiagency.risk.scoring import Scored, Unreadable, read_given, score

FOLDER = "MULTIAGENCY_INSTRUMENTS_DIRECTORY"
"""The setting `instruments_directory`, read by itself: the other settings are not needed here."""


def add(commands: Any) -> None:
    """Add `risk` with `score` and `check` to the command line."""
    risk = commands.add_parser("risk", help="count answers by an instrument, or check its pack")
    acts = risk.add_subparsers(required=True, metavar="act")
    counting = acts.add_parser("score", help="count the answers of a file and say which grounds and alerts follow")
    counting.add_argument("pack", help="id of an instrument, such as marak, or the file of a pack")
    counting.add_argument("answers", help="file of answers in JSON; - is standard input")
    counting.add_argument("--json", action="store_true", help="print JSON")
    counting.set_defaults(run=_score)
    checking = acts.add_parser("check", help="say every fault of a pack with file and line")
    checking.add_argument("file", type=Path)
    checking.set_defaults(run=_check)


def _score(options: argparse.Namespace) -> int:
    try:
        pack = _pack(options.pack)
        raw = json.loads(_read(options.answers), object_pairs_hook=_once, parse_constant=_no_number)
        found = score(pack, read_given(pack, raw))
    except (PackRefused, Unreadable) as error:
        return _refuse(error.sentences)
    except RecursionError:
        return _refuse([f"{options.answers}: nested too deeply"])
    except json.JSONDecodeError as error:
        return _refuse([f"{options.answers}: is not JSON: {error}"])
    sys.stdout.write(f"{json.dumps(dataclasses.asdict(found)) if options.json else _readable(pack, found)}\n")
    return 0


def _pack(name: str) -> Pack:
    folder = os.environ.get(FOLDER)
    known = packs(Path(folder) if folder else None)
    if any(code == name for code, _ in known):
        return instrument(name, folder=Path(folder) if folder else None)
    if not Path(name).is_file():
        raise Unreadable(
            [f"{name}: neither an instrument ({', '.join(sorted({code for code, _ in known}))}) nor a file"]
        )
    return read_pack(Path(name))


def _read(name: str) -> bytes:
    return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise Unreadable([f"{name}: stands there twice" for name in sorted(found) if names.count(name) > 1])
    return found


def _no_number(constant: str) -> None:
    raise Unreadable([f"{constant}: is not JSON"])


def _readable(pack: Pack, found: Scored) -> str:
    """Say it in lines; the count stands without any word for it."""
    alerts = {alert.code: alert.text for alert in pack.alerts}
    lines = [
        f"{pack.id} {pack.version}",
        f"score: {found.score}",
        f"answers: {found.yes} yes, {found.no} no, {found.unknown} unknown, {found.unanswered} unanswered"
        f" of {len(pack.items)} ({'complete' if found.complete else 'not complete'})",
        f"grounds: {', '.join(found.grounds) or 'none of those that were told'}",
        *(f"alert: {code} – {alerts[code].get('en') or next(iter(alerts[code].values()))}" for code in found.alerts),
        f"may be referred: {'yes' if found.referable else 'no ground, which does not mean that there is no danger'}",
    ]
    return "\n".join(lines)


def _check(options: argparse.Namespace) -> int:
    try:
        pack = read_pack(options.file)
    except PackRefused as error:
        return _refuse(error.sentences)
    counted = f"{len(pack.items)} items, {len(pack.questions)} further questions, {len(pack.alerts)} alerts"
    sys.stdout.write(f"{options.file}: {pack.id} {pack.version}, {', '.join(pack.languages)}: {counted}\n")
    return 0


def _refuse(said: list[str]) -> int:
    for sentence in said:
        tell(sentence)
    return 2
