"""What papers cost: the memory of the web process over the largest extracts of the log, and papers per second.

First as many entries as an extract may hold are made by using the service, and the extract is fetched `--exports` times
over the application in this process, whose memory is read. Then the worker, a process of its own, delivers `--mails`
notices, and its memory is read. Then papers of ever new text are made by the service and by
bare typst in turns: the same words in the plainest table, in this process, with nothing around it. Prints ratios;
`--json` as one object.
"""

import argparse
import asyncio
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

import typst
from tests.house import Ground, House, standing
from tests.pages import at_pages

from bench.posting import worker_memory
from multiagency.kernel.languages import Language
from multiagency.web.pdf import PRESS, make_pdf

GOALS = {"extract of the log / bare typst": 0.7}
"""Lowest ratio of papers per second; memory of web and worker at most `MEMORY` MB."""
MEMORY = 300
_BARE = b"""
#let data = json(bytes(sys.inputs.data))
#set document(title: "x")
#set text(lang: "fi", size: 8pt)
#set page(paper: "a4", flipped: true)
= x
#table(columns: (14%, 24%, 26%, 19%, 17%), table.header([1], [2], [3], [4], [5]), ..data.rows.flatten())
"""
_BARE_TEXT = b"""
#let data = json(bytes(sys.inputs.data))
#set document(title: "x")
#set text(lang: "fi", size: 11pt)
= x
#for line in data.rows [#line

]
"""
_FONTS = typst.Fonts(include_system_fonts=False)


async def entries(house: House, wanted: int) -> None:
    """Use the service until its log holds so many entries."""
    officer = await house.person("officer")
    have: int = (await house.fetch("SELECT count(*) AS n FROM audit_entry"))[0]["n"]
    for _ in range(have, wanted, 8):
        await asyncio.gather(*(officer.get("/teams") for _ in range(8)))
    await house.number_log()


def resident() -> float:
    """Return the memory of this process in MB."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * resource.getpagesize() / 1e6


async def memory(house: House, exports: int, rows: int) -> dict[str, Any]:
    """Return what the process that serves takes, before and after the exports."""
    await entries(house, rows)
    auditor = await at_pages(house, "auditor")
    before, started, sizes = resident(), time.perf_counter(), []
    for _ in range(exports):
        sizes.append(len((await auditor.get("/audit/export.pdf")).content))
    PRESS.close()
    return {
        "rows": rows,
        "exports": exports,
        "web MB before": round(before),
        "web MB after": round(resident()),
        "web MB at most": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6),
        "typesetter MB at most": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e6),
        "seconds per export": round((time.perf_counter() - started) / exports, 2),
        "MB per file": round(max(sizes) / 1e6, 1),
    }


def _row(number: int) -> list[str]:
    who = f"Heikki Esimerkki {number % 97}, rikosylikonstaapeli, Lapin poliisilaitos"
    what = [f"Avasi asian (katseli) {number}", "Hoidon ja tuen järjestäminen", "K7QF-3M2P"]
    kinds = f"tunnistetiedot, yhteystiedot {number % 13}"
    return [
        str(number),
        f"24.11.2026 klo {number % 24}.15",
        who,
        *what,
        kinds,
        "Revontuli ry",
        "Suostumus",
        "ok",
        "aito",
    ]


def _extract(first: int, rows: int) -> dict[str, Any]:
    lines = [_row(first + n) for n in range(rows)]
    return {
        "facts": [["Ote", "x"]],
        "notes": [],
        "heading": _row(0),
        "rows": lines,
        "checkpoint_title": "c",
        "checkpoint": "x",
    }


def _form(first: int) -> dict[str, Any]:
    labels = [
        "client",
        "giver",
        "purpose",
        "recipients",
        "tick",
        "answer",
        "place",
        "signature",
        "printed_name",
    ]
    lines = [f"Vaihtoehto {first}.{n}: tietoja saa luovuttaa tälle viranomaiselle." for n in range(12)]
    parts = [{"heading": f"Kohta {n}", "text": f"Suostumus on vapaaehtoinen {first}. " * 12} for n in range(4)]
    return {"labels": {label: label for label in labels}, "note": "", "client": "Aino", "giver": "", "capacity": ""} | {
        "parts": parts,
        "purposes": lines[:3],
        "recipients": lines[3:8],
        "kinds": lines[8:],
        "answers": lines[:2],
        "version": "1",
    }


def bare(source: bytes, rows: list[Any]) -> None:
    """Set the same words with nothing around."""
    data = json.dumps({"rows": rows})
    typst.compile(
        source, pdf_standards=["ua-1"], sys_inputs={"data": data}, font_paths=_FONTS, ignore_system_fonts=True
    )


def spent() -> tuple[float, float]:
    """Return seconds on the clock, and seconds of processor time of this process and of its typesetters."""
    ticks = 0
    for children in Path("/proc/self/task").glob("*/children"):
        for child in children.read_text("ascii").split():
            ticks += sum(map(int, Path(f"/proc/{child}/stat").read_text("ascii").rpartition(")")[2].split()[11:13]))
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = time.process_time() + ended.ru_utime + ended.ru_stime + ticks / os.sysconf("SC_CLK_TCK")
    return time.perf_counter(), processor


async def speed(times: int, rows: int) -> dict[str, float]:
    """Return papers of the service, divided by those of bare typst, made in turns: by the clock, and by processor time.

    On a machine that does other work too only the second says something: the clock counts waiting for a turn.
    """
    total = [[0.0, 0.0] for _ in range(4)]
    for turn in range(-1, times):  # the first warms up
        extract, form = _extract(turn * rows, rows), _form(turn)
        groups = ((0, 1), (2,), (3, 4, 9), (5, 6), (7, 8, 10))
        cells = [["\n".join(row[at] for at in group) for group in groups] for row in extract["rows"]]
        words = [part["text"] for part in form["parts"]] + form["purposes"] + form["recipients"] + form["kinds"]
        moments = [spent()]
        await make_pdf("oversight", "entries", Language.FI, "Ote", extract)
        moments.append(spent())
        bare(_BARE, cells)
        moments.append(spent())
        await make_pdf("consent", "consent", Language.FI, "Suostumus", form)
        moments.append(spent())
        bare(_BARE_TEXT, words)
        moments.append(spent())
        for at in range(4 if turn >= 0 else 0):
            for clock in range(2):
                total[at][clock] += moments[at + 1][clock] - moments[at][clock]
    extract_ours, extract_bare, form_ours, form_bare = total
    return {
        "extract of the log / bare typst": round(extract_bare[1] / extract_ours[1], 2),
        "form to sign / bare typst": round(form_bare[1] / form_ours[1], 2),
        "the same by the clock, extract": round(extract_bare[0] / extract_ours[0], 2),
        "the same by the clock, form": round(form_bare[0] / form_ours[0], 2),
        "extracts per second": round(times / extract_ours[0], 1),
        "forms per second": round(times / form_ours[0], 1),
    }


async def measure(ground: Ground, options: argparse.Namespace) -> dict[str, Any]:
    """Measure memory first: bare typst, which comes then, takes it in this process."""
    async with ground.house() as house:
        found = await memory(house, options.exports, options.rows)
    found |= await worker_memory(ground, options.mails)
    return found | await speed(options.times, 200)


def main() -> int:
    """Print what was measured; return 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--exports", type=int, default=50)
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--mails", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=30)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with standing() as ground:
        found = asyncio.run(measure(ground, options))
    if options.json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            goal = GOALS.get(name)
            print(f"{name:<34}{value:>10}{f'   (goal {goal})' if goal else ''}")
    met = all(found[name] >= goal for name, goal in GOALS.items())
    met = met and max(found["web MB at most"], found["worker MB at most"]) <= MEMORY
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
