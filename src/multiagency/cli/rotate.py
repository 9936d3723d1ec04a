"""`multiagency rotate master|wrapping|data`: keys change while people work."""

import argparse
import sys
from pathlib import Path
from typing import Any

from multiagency.cli.keeper import add_job
from multiagency.kernel.keys import make_new_master, master_directory
from multiagency.storage.jobs_rotation import rotate_data
from multiagency.storage.jobs_wrapping import rotate_wrapping


def add(commands: Any) -> None:
    """Add `rotate` to the command line."""
    rotate = commands.add_parser("rotate", help="change keys while the service runs").add_subparsers(required=True)
    master = rotate.add_parser("master", help="make a new master key; the earlier one stays readable beside it")
    master.add_argument("directory", type=Path, help="the directory of keys")
    master.set_defaults(run=_master)
    add_job(rotate, "wrapping", rotate_wrapping, "wrap everything under the newest master key")
    add_job(rotate, "data", rotate_data, "give all client data new keys and destroy the old ones")


def _master(options: argparse.Namespace) -> int:
    earlier = make_new_master(master_directory(options.directory))
    sys.stdout.write(f"There is a new master.key; the earlier one is {earlier.name}.\n")
    sys.stdout.write("Back the new one up, then run: multiagency rotate wrapping\n")
    return 0
