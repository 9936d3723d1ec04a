"""`multiagency witness key|run|cosign|serve`: what an agency runs on its own machine to keep the log honest.

It imports nothing of the service but the hashing and the signatures, and alone it starts as
`python -m multiagency.cli.witness`: apart from Python it needs only `cryptography`.
"""

import argparse
import os
import secrets
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from multiagency.audit.add_checkpoint import server
from multiagency.audit.cosignature import Cosigner
from multiagency.audit.cosigner import Elsewhere, Refused, Witness
from multiagency.audit.note import BadNote
from multiagency.audit.trust import Trust

_TIMEOUT = 30
_CONFLICT = 409
_LARGEST = 65_536
_NO_PROXY_FOR = frozenset({"localhost", "127.0.0.1", "::1"})


def add(commands: Any) -> None:
    """Add the `witness` commands to a command line."""
    witness = commands.add_parser("witness", help="co-sign the log's checkpoints on a machine of your own")
    doing = witness.add_subparsers(required=True)
    key = doing.add_parser("key", help="make this witness's key if it has none, and print its public half")
    key.add_argument("directory", type=Path)
    key.add_argument("--name", required=True, help="such as witness.police.example/lapland")
    key.set_defaults(run=_key)
    run = doing.add_parser("run", help="fetch, check and co-sign, again and again; exit 1 when the log contradicts")
    _add_log(run)
    run.add_argument("--url", required=True, help="address of the service, such as https://service.example")
    run.add_argument("--every", type=float, default=30, metavar="SECONDS")
    run.add_argument("--once", action="store_true", help="co-sign once, then end")
    run.set_defaults(run=_run)
    cosign = doing.add_parser(
        "cosign", help="check and co-sign a checkpoint that came by mail; print it with your line"
    )
    _add_log(cosign)
    cosign.add_argument("file", type=Path, help="the checkpoint with its proof, as it was attached")
    cosign.set_defaults(run=_cosign)
    serve = doing.add_parser("serve", help="co-sign what the log brings here: the add-checkpoint of C2SP tlog-witness")
    _add_log(serve)
    serve.add_argument("--host", default="127.0.0.1", help="a proxy beside it speaks TLS to the log")
    serve.add_argument("--port", type=int, default=8071)
    serve.set_defaults(run=_serve)


def _add_log(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directory", type=Path)
    parser.add_argument("--key", required=True, metavar="VKEY", help="the log's C2SP verifier key")


def _key(options: argparse.Namespace) -> int:
    options.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = options.directory / "witness.key"
    if not path.exists():
        text = f"{options.name} {secrets.token_hex(32)}\n"
        Cosigner(options.name, bytes(32))  # a name that no signature line can carry is refused before it is kept
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(text)
    sys.stdout.write(_cosigner(options.directory).verifier_key + "\n")
    return 0


def _cosigner(directory: Path) -> Cosigner:
    name, _, seed = (directory / "witness.key").read_text("utf-8").strip().partition(" ")
    return Cosigner(name, bytes.fromhex(seed))


def _witness(options: argparse.Namespace) -> Witness:
    return Witness(options.directory, _cosigner(options.directory), Trust.of(options.key))


def _cosign(options: argparse.Namespace) -> int:
    witness = _witness(options)
    try:
        note = witness.cosign(options.file.read_text("utf-8"), datetime.now(UTC))
    except Refused as error:
        return _alarm(witness, error)
    except Elsewhere as error:
        return _cosign_again(witness, error)
    except (ValueError, BadNote) as error:
        return _tell(str(error))
    sys.stdout.write(note or "")
    return 0


def _cosign_again(witness: Witness, error: Elsewhere) -> int:
    """Mail comes late and answers are lost: give what was last seen with a new line; the next mail goes on there."""
    note = None if error.ahead else witness.cosign_known(datetime.now(UTC))
    if note is None:
        return _tell(f"{error} What the service shows at /log/update?old={error.size} begins there: take that file.")
    sys.stdout.write(note)
    _tell(f"{error} That is no fault of the log. What was last seen is co-signed again: send that.")
    return 0


def _serve(options: argparse.Namespace) -> int:
    with server(_witness(options), options.host, options.port) as serving:
        sys.stdout.write(f"http://{options.host}:{serving.server_port}/add-checkpoint\n")
        sys.stdout.flush()
        serving.serve_forever()
    return 0


def _run(options: argparse.Namespace) -> int:
    base = _base(options.url)
    witness = _witness(options)
    while True:
        try:
            _round(witness, base)
        except Refused as error:
            return _alarm(witness, error)
        except (urllib.error.URLError, OSError, ValueError, BadNote) as error:
            status = _tell(str(error))
            if options.once:
                return status
        if options.once:
            return 0
        time.sleep(options.every)


def _round(witness: Witness, base: str) -> None:
    """Fetch what goes on from the last checkpoint seen, and give the co-signature back."""
    known = witness.known
    try:
        answer = _fetch(f"{base}/log/update?old={known.size if known else 0}")
    except urllib.error.HTTPError as error:
        if error.code == _CONFLICT and known is not None:
            witness.went_back(_fetch(f"{base}/log/checkpoint"))
        raise
    note = witness.cosign(answer, datetime.now(UTC))
    if note is not None:
        _fetch(f"{base}/log/cosignatures", note.encode())
        sys.stdout.write(f"co-signed {note.splitlines()[1]} entries\n")
        sys.stdout.flush()


def _fetch(address: str, body: bytes | None = None) -> str:
    request = urllib.request.Request(address, body, {"Content-Type": "text/plain; charset=utf-8"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310 (the scheme was looked at)
        content: bytes = answer.read(_LARGEST)
    return content.decode()


def _base(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _NO_PROXY_FOR):
        raise ValueError("the address of the service begins with https://")
    return url.rstrip("/")


def _alarm(witness: Witness, error: Refused) -> int:
    return _tell(f"NOT CO-SIGNED. {error} Both checkpoints are kept in {witness.evidence}.")


def _tell(sentence: str) -> int:
    sys.stderr.write(f"multiagency witness: {sentence}\n")
    return 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    parser = argparse.ArgumentParser(prog="multiagency", description=__doc__)
    add(parser.add_subparsers(required=True))
    options = parser.parse_args(arguments)
    try:
        status: int = options.run(options)
    except (OSError, ValueError) as error:
        return _tell(str(error)) + 1
    except KeyboardInterrupt:
        return 0
    return status


if __name__ == "__main__":
    sys.exit(main())
