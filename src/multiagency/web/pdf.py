"""PDF documents: tagged PDF/UA-1 made by typst from a template of a room and data that is never markup.

Made in a process of its own, within limits (decision 0036). Whoever records something about a paper makes it first, in
the same unit of work: a paper that fails takes the record back.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from multiagency.kernel.errors import Conflict
from multiagency.kernel.languages import COMPLETE, Language
from multiagency.web.legible import legible
from multiagency.web.press import Press
from multiagency.web.texts import TEXTS

LARGEST = 1_600_000
"""Characters of what is set; 5 000 entries of the log are about 1 200 000."""
PRESS = Press()


async def make_pdf(room: str, template: str, language: Language, title: str, data: Mapping[str, Any]) -> bytes:
    """Return `<room>/documents/<template>.typ` filled with `data` as a PDF/UA-1 file.

    The template reads everything through `sys.inputs.data` (JSON), so no text of a client is ever taken for markup.
    What no font holds is written as its code point and listed at the end. Raises `Conflict` for what is larger than a
    paper may be, `PaperFault` when the template itself is wrong.
    """
    spoken = language if language in COMPLETE else Language.FI
    whole = {"lang": spoken, "title": title, "marks_title": TEXTS.say(spoken, "paper.marks"), **data}
    filled = _legible(whole)
    if len(json.dumps(filled, ensure_ascii=False)) > LARGEST:
        raise Conflict("error.paper_too_large")
    return await asyncio.to_thread(PRESS.make, f"{room}/documents/{template}.typ", filled)


def _legible(value: Any) -> Any:
    """Return the data with every text as it may be shown."""
    if isinstance(value, str):
        return legible(value)
    if isinstance(value, Mapping):
        return {name: _legible(part) for name, part in value.items()}
    return [_legible(part) for part in value] if isinstance(value, list | tuple) else value
