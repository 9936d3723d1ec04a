"""Pages are compressed only where nobody else can have a hand in what is asked for (BREACH; decision 0046).

The length of a compressed page tells whether a guess stands in it. So it is compressed only for a request that our own
page made, or that was typed without a query, and each time a random length is added. What a program or another site
asks for, and any answer without a page, stays as it is.
"""

import gzip
import secrets
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

Message = MutableMapping[str, Any]

_LEAST = 1_000
"""Bytes; a packet holds as much."""
_PADDING = 256
"""Random characters at most; half of them remain when compressed."""
_LEVEL = 9


def may_be_compressed(headers: Mapping[str, str], query: bytes) -> bool:
    """Tell whether the asker takes gzip (RFC 9110 section 12.5.3) and nobody but they chose what they ask for.

    A browser sets Sec-Fetch-Site itself; a page of another site can change neither that nor leave it out.
    """
    site = headers.get("sec-fetch-site")
    own = site == "same-origin" or (site == "none" and not query)
    return own and takes_gzip(headers.get("accept-encoding", ""))


def takes_gzip(accepted: str) -> bool:
    """Tell whether gzip is among the accepted codings, and not refused by a weight of zero."""
    weights = [part.replace(" ", "").partition(";q=") for part in accepted.lower().split(",")]
    return any(
        coding in {"gzip", "x-gzip"} and weight not in {"0", "0.0", "0.00", "0.000"} for coding, _, weight in weights
    )


def compressed(answer: Sequence[Message]) -> list[Message]:
    """Return an answer with its page compressed; any other as it was."""
    start, *parts = answer
    headers = [(name.lower(), value) for name, value in start.get("headers", ())]
    known = dict(headers)
    body = b"".join(part.get("body", b"") for part in parts)
    if (
        not known.get(b"content-type", b"").startswith(b"text/html")
        or len(body) < _LEAST
        or b"content-encoding" in known
    ):
        return list(answer)
    packed = gzip.compress(body + _padding(), _LEVEL, mtime=0)
    kept = [(name, value) for name, value in headers if name != b"content-length"]
    kept += [(b"content-encoding", b"gzip"), (b"content-length", str(len(packed)).encode())]
    return [{**start, "headers": kept}, {"type": "http.response.body", "body": packed, "more_body": False}]


def _padding() -> bytes:
    noise = secrets.token_hex(_PADDING // 2)[: secrets.randbelow(_PADDING + 1)]
    return f"<!-- {noise} -->".encode()
