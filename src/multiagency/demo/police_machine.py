"""The demo's witness: what an agency would run on a machine of its own stands here beside the rest, as a process."""

import asyncio
import subprocess
import sys
from pathlib import Path

import httpx

from multiagency.demo.person import PersonAtApi, Unexpected

_NAME = "witness.police.example/lapland"
_MODULE = [sys.executable, "-m", "multiagency.cli.witness", "witness"]


def start_witness(directory: Path, base_url: str, log_key: str, password: str) -> subprocess.Popen[bytes] | None:
    """Make the police's witness key, let the administrator register it, and start the witness.

    None when this demo's data is from a time before there was an administrator.
    """
    made = subprocess.run([*_MODULE, "key", str(directory), "--name", _NAME], check=True, capture_output=True)  # noqa: S603
    try:
        asyncio.run(_register(base_url, made.stdout.decode().strip(), password))
    except Unexpected:
        return None
    words = [*_MODULE, "run", str(directory), "--key", log_key, "--url", base_url, "--every", "2"]
    # A session of its own: Ctrl-C on the terminal is the demo's, which then ends its witness.
    return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True)  # noqa: S603


async def _register(base_url: str, vkey: str, password: str) -> None:
    async with httpx.AsyncClient(base_url=base_url) as http:
        administrator = PersonAtApi(http, "administrator")
        await administrator.sign_in(password)
        if all(known["vkey"] != vkey for known in await administrator.get("/audit/witnesses")):
            agencies = await administrator.get("/agencies")
            police = next(agency["id"] for agency in agencies if agency["kind"] == "police")
            await administrator.post("/audit/witnesses", {"agency": police, "vkey": vkey}, 201)
