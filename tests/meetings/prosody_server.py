"""A real Prosody (Debian's package) that lets people in by their room tokens, and a client that tries to come in."""

import asyncio
import base64
import contextlib
import re
import socket
from contextlib import asynccontextmanager
from pathlib import Path

MODULES = Path(__file__).parent / "prosody"
DOMAIN = "meet.example"
_CONFIG = """
run_as_root = true
pidfile = "{directory}/prosody.pid"
data_path = "{directory}"
plugin_paths = {{ "{modules}" }}
log = {{ info = "{directory}/prosody.log" }}
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {port} }}
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
modules_enabled = {{ "saslauth" }}
modules_disabled = {{ "s2s" }}
VirtualHost "{domain}"
    authentication = "room_token"
    app_id = "multiagency"
    app_secret = "{secret}"
Component "conference.{domain}" "muc"
    modules_enabled = {{ "room_token" }}
    muc_room_locking = false
"""


@asynccontextmanager
async def prosody(directory, secret):
    """Start it and wait until it listens; gone afterwards. Gives the port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = directory / "prosody.cfg.lua"
    config.write_text(
        _CONFIG.format(directory=directory, modules=MODULES, port=port, domain=DOMAIN, secret=secret), "utf-8"
    )
    process = await asyncio.create_subprocess_exec(
        "prosody",
        *("-F", "--config", str(config)),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(30):
            while not await _listens(port):
                if process.returncode is not None:
                    raise RuntimeError((directory / "prosody.log").read_text())
                await asyncio.sleep(0.1)
        yield port
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def _listens(port):
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def come_in(port, who, token, room):
    """Try to join a room as this pseudonym with this token: in, not signed in, or not allowed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def say(text, until):
        writer.write(text.encode())
        heard = ""
        async with asyncio.timeout(10):
            while not (found := re.search(until, heard)):
                part = await reader.read(65_536)
                if not part:
                    return ""
                heard += part.decode()
        return found[0]

    names = "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'"
    opening = f"<stream:stream to='{DOMAIN}' {names} version='1.0'>"
    try:
        await say(opening, "</stream:features>")
        secret = base64.b64encode(f"\0{who}\0{token}".encode()).decode()
        sasl = "urn:ietf:params:xml:ns:xmpp-sasl"
        if "success" not in await say(f"<auth xmlns='{sasl}' mechanism='PLAIN'>{secret}</auth>", "<(success|failure)"):
            return "not signed in"
        await say(opening, "</stream:features>")
        await say("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>", "</iq>")
        joining = (
            f"<presence to='{room}@conference.{DOMAIN}/{who}'><x xmlns='http://jabber.org/protocol/muc'/></presence>"
        )
        answer = await say(joining, "code='110'|not-allowed")
        return "in" if "110" in answer else "not allowed"
    finally:
        writer.close()
