"""What stands for the providers' servers in tests: real HTTP, and it checks every signature in its own way."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

SECRET = "0123456789abcdef0123456789abcdef0123456789"
RSA_KEY = rsa.generate_private_key(65537, 2048)
PEM = RSA_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def decoded(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def claims_of(token):
    return json.loads(decoded(token.split(".")[1]))


def signed_by_secret(token, secret=SECRET):
    """Return the claims of a token that HMAC-SHA256 with the secret has signed and whose time it is, or None."""
    head, body, signature = token.split(".")
    right = hmac.new(secret.encode(), f"{head}.{body}".encode(), "sha256").digest()
    claims = json.loads(decoded(body))
    now = time.time()
    good = hmac.compare_digest(right, decoded(signature)) and json.loads(decoded(head))["alg"] == "HS256"
    return claims if good and claims["nbf"] <= now < claims["exp"] else None


def signed_by_key(token):
    head, body, signature = token.split(".")
    try:
        RSA_KEY.public_key().verify(decoded(signature), f"{head}.{body}".encode(), padding.PKCS1v15(), SHA256())
    except InvalidSignature:
        return None
    return (
        json.loads(decoded(body)) if json.loads(decoded(head)) == {"alg": "RS256", "kid": "one", "typ": "JWT"} else None
    )


class ProviderServer:
    """`asked` is what it was asked with a right signature, `refused` how often with a wrong one.

    `mood`: willing, slow (half a minute), lying (200 with a page), moved (redirects), endless, or failing.
    """

    def __init__(self):
        self.asked, self.refused, self.mood, self.port = [], 0, "willing", 0
        self.reached = asyncio.Event()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader, writer):
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            method, target, _ = head.split("\r\n")[0].split(" ")
            headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            authorization = next(
                (line[22:] for line in head.split("\r\n") if line.lower().startswith("authorization")), ""
            )
            status, answer = await self._answer(method, target, authorization, body)
            kind = "application/json" if answer.startswith(b"{") else "text/xml"
            moved = "Location: http://127.0.0.1:1/\r\n" if status == 302 else ""
            writer.write(
                f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\n{moved}Connection: close\r\n\r\n".encode() + answer
            )
            while self.mood == "endless":
                writer.write(b"x" * 65_536)
                await writer.drain()
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, method, target, token, body):
        url = urlsplit(target)
        understood = self._understood(method, url, token, body)
        self.reached.set()
        if self.mood == "slow":
            await asyncio.sleep(30)
        if self.mood == "lying":
            return 200, b"<html><title>Welcome</title></html>"
        if self.mood in {"moved", "failing"}:
            return (302 if self.mood == "moved" else 500), b""
        if understood is None:
            self.refused += 1
            return 401, b""
        self.asked.append(understood)
        if "bigbluebutton" in url.path:
            return 200, b"<response><returncode>SUCCESS</returncode></response>"
        return 200, b"{}" if "twirp" in url.path else b""

    def _understood(self, method, url, token, body):
        if "bigbluebutton" in url.path:
            return self._bigbluebutton(url)
        if "twirp" in url.path:
            claims, wanted = signed_by_secret(token), json.loads(body)
            grants = claims["video"] if claims and claims["iss"] == "livekit-key" else {}
            call = url.path.rpartition("/")[2]
            may = grants == (
                {"roomAdmin": True, "room": wanted.get("room")} if "Remove" in call else {"roomCreate": True}
            )
            return (call, wanted) if may else None
        claims = signed_by_key(token)
        right = claims and claims["aud"] == "jitsi" and claims["nbf"] <= time.time() < claims["exp"]
        return (method, url.path, parse_qs(url.query)) if right else None

    def _bigbluebutton(self, url):
        call = url.path.rpartition("/")[2]
        query, _, checksum = url.query.rpartition("&checksum=")
        right = hashlib.new("sha256", (call + query + SECRET).encode()).hexdigest()
        return (call, parse_qs(query)) if hmac.compare_digest(right, checksum) else None


@asynccontextmanager
async def provider_server():
    server = ProviderServer()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
