"""`multiagency demo`: a fictitious Lapland on this machine. What it runs on is an extra, absent in production."""

import argparse
from typing import Any

from multiagency.cli.terminal import tell


def add(commands: Any) -> None:
    """Add `demo` to the command line; it reads its own options."""
    demo = commands.add_parser("demo", help="a fictitious Lapland on this machine", add_help=False)
    demo.set_defaults(run=_demo, rest=[])


def _demo(options: argparse.Namespace) -> int:
    try:
        from multiagency.demo.run import main as run_demo
    except ImportError as error:
        tell(f"the demo needs the extra 'demo' ({error.name} is missing)")
        return 2
    return run_demo(options.rest)
