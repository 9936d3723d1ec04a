"""Calendars of somebody else on this machine, over TLS: a real Radicale, and servers that answer as a test wishes."""

import asyncio
import ipaddress
import ssl
import subprocess
import sys
import time
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from multiagency.demo.household import free_port


def certificate(directory):
    """Write a key and a certificate for this machine that vouches for itself; return their paths."""
    private, public = directory / "tls.key", directory / "tls.pem"
    if public.exists():
        return private, public
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    private.write_bytes(key.private_bytes(*plain))
    public.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    return private, public


@asynccontextmanager
async def answering(directory, answer):
    """A server that calls `answer(reader, writer)` for each connection; yield port, certificate, what it was asked."""
    private, public = certificate(directory)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    asked = []

    async def serve(reader, writer):
        try:
            asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
            await answer(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1], public, asked
    finally:
        server.close()


def saying(content, status="200 OK", **headers):
    """An answer of these bytes."""
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())

    async def answer(_, writer):
        head = f"HTTP/1.1 {status}\r\n{lines}content-length: {len(content)}\r\nconnection: close\r\n\r\n"
        writer.write(head.encode() + content)
        await writer.drain()

    return answer


@contextmanager
def radicale(directory):
    """A real CalDAV server with one user; yield the address of their calendar, and the certificate."""
    private, public = certificate(directory)
    (directory / "users").write_text("heikki:salainen\n")
    port = free_port()
    (directory / "radicale.ini").write_text(
        f"[server]\nhosts = 127.0.0.1:{port}\nssl = True\ncertificate = {public}\nkey = {private}\n"
        f"[auth]\ntype = htpasswd\nhtpasswd_filename = {directory}/users\nhtpasswd_encryption = plain\ndelay = 0\n"
        f"[storage]\nfilesystem_folder = {directory}/collections\n[logging]\nlevel = error\n"
    )
    program = [sys.executable, "-m", "radicale", "--config", str(directory / "radicale.ini")]
    process = subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with httpx.Client(verify=ssl.create_default_context(cafile=str(public)), auth=("heikki", "salainen")) as client:
            address = f"https://localhost:{port}/heikki/work/"
            _wait(client, f"https://localhost:{port}/")
            client.request("MKCALENDAR", address).raise_for_status()
            yield address, public, client
    finally:
        process.terminate()
        process.wait(20)


def _wait(client, url):
    for _ in range(200):
        try:
            client.get(url)
            return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise RuntimeError("Radicale does not answer")
