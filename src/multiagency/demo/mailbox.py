"""A page to read the demo's mail on: what a person would find in the mailbox, without a mail program."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage, Message
from zoneinfo import ZoneInfo

from jinja2 import DictLoader, Environment, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from multiagency.embedded.mailsink import MailSink

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

_LAYOUT = """<!doctype html>
<html lang="fi">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{% block title %}{% endblock %} – demon postilaatikko</title>
</head>
<body>
<main>
{% block content %}{% endblock %}
</main>
</body>
</html>
"""

_LIST = """{% extends "layout" %}
{% block title %}Viestit{% endblock %}
{% block content %}
<h1>Viestit</h1>
<p>Kaikki, mitä demo on lähettänyt. Uusin on ylimpänä.</p>
{% if mails %}
<table>
<thead><tr><th scope="col">Aika</th><th scope="col">Vastaanottaja</th><th scope="col">Aihe</th></tr></thead>
<tbody>
{% for mail in mails %}
<tr>
<td>{{ mail.time }}</td><td>{{ mail.to }}</td><td><a href="{{ root }}/{{ mail.number }}">{{ mail.subject }}</a></td>
</tr>
{% endfor %}
</tbody>
</table>
{% else %}
<p>Ei vielä viestejä.</p>
{% endif %}
{% endblock %}
"""

_MAIL = """{% extends "layout" %}
{% block title %}{{ subject }}{% endblock %}
{% block content %}
<p><a href="{{ root }}/">Kaikki viestit</a></p>
<h1>{{ subject }}</h1>
<dl>
{% for name, value in headers %}
<dt>{{ name }}</dt><dd>{{ value }}</dd>
{% endfor %}
</dl>
<h2>Viesti</h2>
<p>
{% for line, link in lines %}
{% if link %}<a href="{{ link }}">{{ line }}</a>{% else %}{{ line }}{% endif %}<br>
{% endfor %}
</p>
{% for calendar in calendars %}
<h2>Kalenterimerkintä</h2>
<pre>{{ calendar }}</pre>
{% endfor %}
{% endblock %}
"""

_MISSING = """{% extends "layout" %}
{% block title %}Ei löydy{% endblock %}
{% block content %}
<h1>Viestiä ei löydy</h1>
<p><a href="{{ root }}/">Kaikki viestit</a></p>
{% endblock %}
"""

_PAGES = Environment(
    loader=DictLoader({"layout": _LAYOUT, "list": _LIST, "mail": _MAIL, "missing": _MISSING}),
    autoescape=True,
    trim_blocks=True,
    undefined=StrictUndefined,
)


def build_mailbox(sink: MailSink, base_url: str) -> ASGIApp:
    """Return a read-only application that lists the messages of `sink` and shows each of them; for the demo only.

    A line of a message that is nothing but a URL below `base_url` (scheme, host and port of the service) becomes a
    link; everything else is shown as text.
    """

    def show_list(request: Request) -> Response:
        found = ((number, sink.message(number)) for number in reversed(sink.numbers()))
        return _page(request, "list", mails=[_row(number, mail) for number, mail in found if mail is not None])

    def show_mail(request: Request) -> Response:
        number = request.path_params["number"]
        # A longer number could not be read as one, or would make a file name that is too long.
        mail = sink.message(int(number)) if number.isdecimal() and len(number) < 10 else None
        if mail is None:
            raise HTTPException(404)
        headers = [(name, str(value)) for name, value in mail.items()]
        lines = [(line, _link(line, base_url)) for line in _text(mail).splitlines()]
        subject, calendars = _subject(mail), list(_calendars(mail))
        return _page(request, "mail", subject=subject, headers=headers, lines=lines, calendars=calendars)

    routes = [Route("/", show_list), Route("/{number}", show_mail)]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _show_missing})
    app.router.redirect_slashes = False
    return app


def _page(request: Request, name: str, status: int = 200, **values: object) -> Response:
    root = request.scope.get("root_path", "")
    text = _PAGES.get_template(name).render(root=root, **values)
    return HTMLResponse(text, status, headers=_HEADERS)


def _show_missing(request: Request, error: Exception) -> Response:
    return _page(request, "missing", error.status_code if isinstance(error, HTTPException) else 500)


def _row(number: int, mail: EmailMessage) -> dict[str, object]:
    return {"number": number, "time": _time(mail), "to": str(mail["To"] or ""), "subject": _subject(mail)}


def _subject(mail: EmailMessage) -> str:
    return str(mail["Subject"] or "").strip() or "(ei aihetta)"


def _time(mail: EmailMessage) -> str:
    sent: datetime | None = getattr(mail["Date"], "datetime", None)
    if sent is None:
        return ""
    aware = sent if sent.tzinfo else sent.replace(tzinfo=UTC)
    local = aware.astimezone(ZoneInfo("Europe/Helsinki"))
    return f"{local.day}.{local.month}.{local.year} klo {local:%H.%M}"


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(preferencelist=("plain",))
    return "" if body is None else _decoded(body)


def _calendars(mail: EmailMessage) -> Iterator[str]:
    return (_decoded(part) for part in mail.walk() if part.get_content_type() == "text/calendar")


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        return payload.decode(part.get_content_charset("utf-8"), errors="replace")
    except LookupError:
        return payload.decode("utf-8", errors="replace")


def _link(line: str, base_url: str) -> str | None:
    """Return the URL that a line consists of, if it leads to the service itself."""
    url = line.strip()
    # The slash matters: http://host:80 is also how http://host:80.elsewhere.example begins.
    ours = url.startswith(("http://", "https://")) and f"{url}/".startswith(base_url.rstrip("/") + "/")
    return url if ours and len(url.split()) == 1 else None
