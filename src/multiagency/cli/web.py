"""`multiagency web`: serves pages and API until it is stopped."""

import argparse
import gc
from typing import Any

import uvicorn

from multiagency.app import build_app
from multiagency.settings import Settings


def add(commands: Any) -> None:
    """Add `web` to the command line; it runs as a service and needs nobody who listens."""
    commands.add_parser("web", help="serve pages and API").set_defaults(run=_web, silent=True)


def _web(_: argparse.Namespace) -> int:
    settings = Settings()
    app = build_app(settings)
    spare_what_stays()
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        access_log=False,  # paths hold private addresses
        server_header=False,
        proxy_headers=False,  # a forwarded header never decides anything here
        log_level="warning",
        timeout_graceful_shutdown=10,  # seconds: pages that follow a meeting hold their connection
    )
    return 0


def spare_what_stays() -> None:
    """Let the search for garbage pass over what stands when the process is ready: a quarter of a million objects.

    A search of everything took a fifth of a second, in which nobody is served, and came every few hundred requests.
    What is new is searched every ten thousand objects, instead of every 700.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
