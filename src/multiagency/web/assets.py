"""One style sheet, one script: no font, no image. A changed file has another name, so browsers keep it."""

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Header, Response

from multiagency.kernel.access import Act
from multiagency.kernel.errors import NotVisible
from multiagency.web.compression import takes_gzip
from multiagency.web.door import OpenDoor, through

router = APIRouter(tags=["pages"])
_FOLDER = Path(__file__).parent / "static"
_A_YEAR = 31_536_000


@dataclass(frozen=True)
class Asset:
    """What a browser fetches once: its address holds the SHA-256 of its bytes, shortened."""

    stem: str
    suffix: str
    media_type: str
    content: bytes

    @property
    def name(self) -> str:
        """Return the last part of its address."""
        return f"{self.stem}-{hashlib.sha256(self.content).hexdigest()[:12]}.{self.suffix}"

    @cached_property
    def packed(self) -> bytes:
        """Return its bytes compressed: they are the same for everybody, so their length tells nobody anything."""
        return gzip.compress(self.content, 9, mtime=0)

    @property
    def path(self) -> str:
        """Return its address."""
        return f"/assets/{self.name}"


def _packed(css: str) -> bytes:
    """Return a style sheet without the blanks that are there for its readers."""
    return re.sub(r"([{};,])\s+|\s+(?=[{}])", r"\1", css).strip().encode()


STYLE = Asset("style", "css", "text/css", _packed((_FOLDER / "style.css").read_text("utf-8")))
SCRIPT = Asset("script", "js", "text/javascript", (_FOLDER / "script.js").read_bytes())
ASSETS = {asset.name: asset for asset in (STYLE, SCRIPT)}


@router.get("/assets/{name}")
async def get_asset(
    name: str,
    _: Annotated[None, through(OpenDoor(Act.FETCH_ASSET))],
    accept_encoding: Annotated[str, Header()] = "",
) -> Response:
    """Return the style sheet or the script; the only answer that a browser may keep."""
    if name not in ASSETS:
        raise NotVisible
    asset = ASSETS[name]
    headers = {"cache-control": f"public, max-age={_A_YEAR}, immutable", "vary": "accept-encoding"}
    if not takes_gzip(accept_encoding):
        return Response(asset.content, media_type=asset.media_type, headers=headers)
    return Response(asset.packed, media_type=asset.media_type, headers=headers | {"content-encoding": "gzip"})
