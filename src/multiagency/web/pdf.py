"""PDF documents: tagged PDF/UA-1 made by typst from a template of a room and data that is never markup."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

from multiagency.kernel.languages import COMPLETE, Language

_SOURCE = Path(__file__).parent.parent


def make_pdf(room: str, template: str, language: Language, title: str, data: Mapping[str, Any]) -> bytes:
    """Return `<room>/documents/<template>.typ` filled with `data` as a PDF/UA-1 file.

    The template reads everything through `sys.inputs.data` (JSON), so no text of a client is ever taken for markup.
    Raises `typst.TypstError` when the template itself is wrong.
    """
    spoken = language if language in COMPLETE else Language.FI
    filled = json.dumps({"lang": spoken, "title": title, **data}, ensure_ascii=False)
    made = typst.compile(
        _SOURCE / room / "documents" / f"{template}.typ",
        root=_SOURCE,
        format="pdf",
        pdf_standards=["ua-1"],
        sys_inputs={"data": filled},
        ignore_system_fonts=True,
    )
    if not isinstance(made, bytes):
        raise TypeError("one document was asked for")
    return made
