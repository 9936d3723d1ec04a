"""Two people at one form: the page that shows both texts, keeps what was typed, and lets either stand."""

from collections import defaultdict
from typing import Any

from fastapi import Request, Response

from multiagency.kernel.versions import Stale
from multiagency.web.door import NOT_FIELDS
from multiagency.web.etags import SEEN
from multiagency.web.labels import said_field, said_value
from multiagency.web.pages import page
from multiagency.web.speaking import language_of


async def show_both(request: Request, stale: Stale) -> Response:
    """Show, field by field, what was typed and what somebody else saved meanwhile; nothing was saved of the former.

    What only the other changed stays as they saved it, also when one's own text is saved over theirs.
    """
    data, language = await request.form(), language_of(request)
    sent = [(name, str(value)) for name, value in data.multi_items() if name not in NOT_FIELDS]
    typed: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in sent:
        typed[name].append(value)
    rows: list[dict[str, Any]] = [
        {
            "label": said_field(language, name, stale.change.shown),
            "typed": said_value(language, name, " ".join(sorted(typed[name])), stale.change.shown),
            "saved": said_value(language, name, stale.saved[name], stale.change.shown),
            "both": name in stale.both,
        }
        for name in sorted(stale.saved)
    ]
    theirs = {name: value for name, value in stale.saved.items() if name not in stale.both}
    return page(
        request,
        "conflict.html",
        409,
        {"etag": f'"{stale.version}"'},
        rows=rows,
        change=stale.change,
        carried=[
            *(pair for pair in sent if pair[0] not in theirs),
            *theirs.items(),
            *((SEEN, version) for version in (*data.getlist(SEEN), stale.version)),
        ],
    )
