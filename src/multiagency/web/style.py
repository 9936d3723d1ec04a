"""The one style sheet: no script, no font, no image from anywhere else."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Response

from multiagency.kernel.access import Act
from multiagency.web.door import OpenDoor, through

router = APIRouter(tags=["pages"])
_STYLE = (Path(__file__).parent / "static" / "style.css").read_text("utf-8")


@router.get("/style.css")
async def get_style(_: Annotated[None, through(OpenDoor(Act.FETCH_STYLE))]) -> Response:
    """Return the style sheet; the only answer that a browser may keep."""
    return Response(_STYLE, media_type="text/css", headers={"cache-control": "public, max-age=3600"})
