"""A witness's door for logs: `add-checkpoint` of C2SP tlog-witness, so that any log's feeder can ask this witness.

Source: https://c2sp.org/tlog-witness. Needs nothing of the service and nothing beyond Python's own library.
"""

from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from multiagency.audit.checkpoint import Checkpoint
from multiagency.audit.cosigner import Elsewhere, Refused, TwoHistories, Witness
from multiagency.audit.note import BadNote, split
from multiagency.audit.update import Update

SIZE_TYPE = "text/x.tlog.size"
LARGEST = 65_536
"""No longer request or answer is read, in bytes."""
_TEXT = "text/plain; charset=utf-8"
_SECONDS = 30


class WitnessAnswer(NamedTuple):
    """What a witness answers a log: HTTP status, text, and its type."""

    status: int
    text: str
    kind: str = _TEXT


def answer(witness: Witness, body: bytes, at: datetime) -> WitnessAnswer:
    """Look at a request's body as tlog-witness says; a checkpoint that is co-signed is on the disk before."""
    try:
        text = body.decode()
        update = Update.parse(text)
        checkpoint = Checkpoint.parse(split(update.note)[0])
    except (ValueError, BadNote) as error:
        return WitnessAnswer(400, f"{error}\n")
    if checkpoint.origin != witness.log.log.name:
        return WitnessAnswer(404, "This witness does not know that log.\n")
    try:
        witness.log.open(update.note)
    except BadNote as error:
        return WitnessAnswer(403, f"{error}\n")
    if update.old_size > checkpoint.size:
        return WitnessAnswer(400, "The old size is larger than that of the checkpoint.\n")
    return _cosigned(witness, text, update, at)


def _cosigned(witness: Witness, text: str, update: Update, at: datetime) -> WitnessAnswer:
    try:
        known = witness.known
        if update.old_size != (known.size if known else 0):
            return _conflict(known.size if known else 0)
        note = witness.cosign(text, at, fresh=True) or ""
    except Elsewhere as error:  # another request was first
        return _conflict(error.size)
    except TwoHistories:
        return _conflict(update.old_size)
    except (Refused, BadNote) as error:
        return WitnessAnswer(422, f"{error}\n")
    return WitnessAnswer(200, note.removeprefix(update.note))


def _conflict(size: int) -> WitnessAnswer:
    return WitnessAnswer(409, f"{size}\n", SIZE_TYPE)


def server(witness: Witness, host: str, port: int) -> ThreadingHTTPServer:
    """Return the server, not yet serving. TLS and who may come near it are a proxy's."""

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = _SECONDS

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not length.isdecimal() or int(length) > LARGEST:
                self.close_connection = True
                self._say(WitnessAnswer(400, f"A request has a Content-Length of at most {LARGEST} bytes.\n"))
                return
            body = self.rfile.read(int(length))
            known = self.path == "/add-checkpoint"
            self._say(
                answer(witness, body, datetime.now(UTC)) if known else WitnessAnswer(404, "POST /add-checkpoint\n")
            )

        def _say(self, said: WitnessAnswer) -> None:
            content = said.text.encode()
            self.send_response(said.status)
            self.send_header("Content-Type", said.kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing: who asks is in the proxy's log."""

    return ThreadingHTTPServer((host, port), Door)
