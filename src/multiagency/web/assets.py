"""The one style sheet: no font, no image from anywhere else. A changed file has another name, so browsers keep it."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Response

from multiagency.kernel.access import Act
from multiagency.kernel.errors import NotVisible
from multiagency.web.door import OpenDoor, through

router = APIRouter(tags=["pages"])
_FOLDER = Path(__file__).parent / "static"
_A_YEAR = 31_536_000


@dataclass(frozen=True, slots=True)
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

    @property
    def path(self) -> str:
        """Return its address."""
        return f"/assets/{self.name}"


def _packed(css: str) -> bytes:
    """Return a style sheet without the blanks that are there for its readers."""
    return re.sub(r"([{};,])\s+|\s+(?=[{}])", r"\1", css).strip().encode()


STYLE = Asset("style", "css", "text/css", _packed((_FOLDER / "style.css").read_text("utf-8")))
ASSETS = {asset.name: asset for asset in (STYLE,)}


@router.get("/assets/{name}")
async def get_asset(name: str, _: Annotated[None, through(OpenDoor(Act.FETCH_ASSET))]) -> Response:
    """Return the style sheet; the only answer that a browser may keep."""
    if name not in ASSETS:
        raise NotVisible
    headers = {"cache-control": f"public, max-age={_A_YEAR}, immutable"}
    return Response(ASSETS[name].content, media_type=ASSETS[name].media_type, headers=headers)
