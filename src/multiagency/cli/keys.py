"""`multiagency keys`: makes the key files that are missing."""

import argparse
import sys
from pathlib import Path
from typing import Any

from multiagency.audit.keyfiles import make_key_files
from multiagency.settings import Settings


def add(commands: Any) -> None:
    """Add `keys` to the command line."""
    keys = commands.add_parser("keys", help="make the key files that are missing and print the log's verifier key")
    keys.add_argument("directory", type=Path)
    keys.add_argument("--origin", default=Settings.model_fields["log_origin"].default)
    keys.set_defaults(run=_keys)


def _keys(options: argparse.Namespace) -> int:
    sys.stdout.write(make_key_files(options.directory, options.origin) + "\n")
    return 0
