"""`multiagency web`: serves pages and API until it is stopped."""

import argparse
from typing import Any

import uvicorn

from multiagency.app import build_app
from multiagency.settings import Settings


def add(commands: Any) -> None:
    """Add `web` to the command line; it runs as a service and needs nobody who listens."""
    commands.add_parser("web", help="serve pages and API").set_defaults(run=_web, silent=True)


def _web(_: argparse.Namespace) -> int:
    settings = Settings()
    uvicorn.run(
        build_app(settings),
        host=settings.host,
        port=settings.port,
        access_log=False,  # paths hold private addresses
        server_header=False,
        proxy_headers=False,  # a forwarded header never decides anything here
        log_level="warning",
    )
    return 0
