"""What was told to the service in confidence, noted as it goes in, and looked for in any bytes afterwards."""

import base64
import json
import re
from email import message_from_bytes
from urllib.parse import parse_qsl
from uuid import UUID

SHORTEST = 6
_CODE = re.compile(r"[a-z_0-9-]{1,40}|\d{4}-\d\d-\d\d(T.*)?|[2-9B-Z]{4}-[2-9B-Z]{4}")
"""Words of our own vocabulary, days and moments, references: these are no secrets, and stand in tables as they are."""
_REGISTERS = {"ground", "fields", "code", "provision", "email"}
"""Fields that hold codes of a public register, or of fields; and the work address of somebody in the directory."""
_FREE = {"relation", "password", "birth_date"}
"""Fields whose content is a secret even when it looks like a code."""
_PRIVATE = re.compile(r"^(?:/api/v1)?/(?:invitations|j|calendar)/([\w-]{30,})")


class Told:
    """Listens at an HTTP client: every text that goes in, and every secret that comes back, is noted."""

    def __init__(self, http):
        self.texts = set()
        http.event_hooks = {"request": [self._request], "response": [self._response]}

    async def _request(self, request):
        self.texts.update(_PRIVATE.findall(request.url.path))
        kind = request.headers.get("content-type", "")
        if "json" in kind:
            self.note(json.loads(request.content))
        elif "urlencoded" in kind:
            self.note(dict(parse_qsl(request.content.decode())))
        elif "multipart" in kind:
            await request.aread()
            for part in message_from_bytes(f"content-type: {kind}\r\n\r\n".encode() + request.content).walk():
                self.note({"relation": (part.get_payload(decode=True) or b"").decode("utf-8", "replace")})

    async def _response(self, response):
        await response.aread()
        for cookie in response.headers.get_list("set-cookie"):
            self.note(cookie.split(";")[0].partition("=")[2])
        if (
            response.content
            and "json" in response.headers.get("content-type", "")
            and response.request.method == "POST"
        ):
            found = response.json()
            self.note({key: found[key] for key in ("csrf_token", "token") if key in found})

    def note(self, value, key=""):
        """Note every text in a value that could tell something: no ids, no codes, nothing too short to be found."""
        if isinstance(value, dict):
            for name, inner in value.items():
                self.note(inner, name)
        elif isinstance(value, list | tuple):
            for inner in value:
                self.note(inner, key)
        elif isinstance(value, str) and len(value.encode()) >= SHORTEST and key not in _REGISTERS:
            self.texts |= {value} if key in _FREE or not _is_code(value) else set()


def _is_code(text):
    try:
        UUID(text)
    except ValueError:
        return bool(_CODE.fullmatch(text))
    return True


def needles(text):
    """Return what shows that `text` stands somewhere, in lower case: as it is, in capitals, UTF-16, hex, base64."""
    pieces = {text[:16], text[-16:]}
    found = set()
    for piece in pieces:
        clear = piece.encode()
        found |= {clear, piece.upper().encode(), piece.lower().encode(), clear.hex().encode()}
        found |= {piece.encode("utf-16-le"), json.dumps(piece).strip('"').encode()}
        found |= {base64.b64encode(b"\0" * shift + clear)[-(-shift * 8 // 6) : -4] for shift in range(3)}
    return {needle.lower() for needle in found if len(needle) >= SHORTEST}


def find(texts, content):
    """Return those of the texts that stand in the bytes, in any of the ways of `needles`."""
    small = re.sub(rb"\0{64,}", b"\0" * 64, content).lower()
    return {text for text in texts if any(needle in small for needle in needles(text))}
