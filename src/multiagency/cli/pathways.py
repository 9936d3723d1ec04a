"""`multiagency pathways`: checks the definition of a model of work and draws it, or begins a new one. No database."""

import argparse
import sys
from pathlib import Path
from typing import Any


def add(commands: Any) -> None:
    """Add `pathways check` and `pathways new` to the command line."""
    pathways = commands.add_parser("pathways", help="check a declared model of work, or begin a new one")
    acts = pathways.add_subparsers(required=True, metavar="act")
    check = acts.add_parser("check", help="say every fault with its line; draw the stages where there is none")
    check.add_argument("file", type=Path, help="a definition, or the directory of a model with all its versions")
    check.set_defaults(run=_check)
    new = acts.add_parser("new", help="write a commented skeleton that `check` accepts, to be filled in")
    new.add_argument("code", help="the code of the model, such as lapset_puheeksi")
    new.add_argument("directory", type=Path, nargs="?", default=Path(), help="where its directory is made (here)")
    new.set_defaults(run=_new)


def _check(options: argparse.Namespace) -> int:
    from multiagency.pathways.definition import declared_in
    from multiagency.pathways.drawing import drawn
    from multiagency.pathways.validating import faults_of

    if found := faults_of(options.file):
        number = "1 fault" if len(found) == 1 else f"{len(found)} faults"
        sys.stderr.write("".join(f"{fault}\n" for fault in found) + f"{number}\n")
        return 2
    files = sorted(options.file.glob("*.toml")) if options.file.is_dir() else [options.file]
    sys.stdout.write("\n".join(drawn(declared_in(file)) for file in files))
    return 0


def _new(options: argparse.Namespace) -> int:
    from multiagency.kernel.clock import today
    from multiagency.pathways.definition import HERE
    from multiagency.pathways.validating_values import CODE

    code, begun = options.code, options.directory / options.code
    if not CODE.fullmatch(code):
        raise ValueError(f"{code}: a code is lower-case letters, digits and _, a letter first")
    if begun.exists():
        raise ValueError(f"{begun}: is there already")
    for source in sorted((HERE / "skeleton").rglob("*.toml")):
        written = begun / source.relative_to(HERE / "skeleton")
        written.parent.mkdir(parents=True, exist_ok=True)
        text = source.read_text("utf-8").replace("CODE", code).replace("TODAY", today().isoformat())
        written.write_text(text, "utf-8")
        sys.stdout.write(f"{written}\n")
    return 0
