import re
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest

from multiagency.demo.mailbox import build_mailbox
from multiagency.embedded.mailsink import MailSink

BASE = "http://127.0.0.1:8000"
CALENDAR = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Kokous <ä>\r\nEND:VCALENDAR\r\n"


@pytest.fixture
def sink(tmp_path: Path) -> MailSink:
    return MailSink(tmp_path)


@pytest.fixture
async def client(sink: MailSink) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(build_mailbox(sink, BASE))
    async with httpx.AsyncClient(transport=transport, base_url="http://mailbox") as client:
        yield client


def _store(sink: MailSink, subject: str = "Kutsu", text: str = "Tervetuloa", to: str = "aino@kunta.example") -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "kokous@palvelu.example", to, subject
    mail["Date"] = "Tue, 03 Mar 2026 07:05:00 +0000"
    mail.set_content(text)
    mail.add_alternative(CALENDAR.encode(), "text", "calendar", params={"method": "REQUEST", "charset": "utf-8"})
    sink.store(mail.as_bytes())


async def test_the_list_shows_the_newest_first(sink: MailSink, client: httpx.AsyncClient) -> None:
    _store(sink, "Ensimmäinen")
    _store(sink, "Toinen", to="eino@kunta.example")
    page = (await client.get("/")).text
    assert page.index('<a href="/2">Toinen</a>') < page.index('<a href="/1">Ensimmäinen</a>')
    assert "eino@kunta.example" in page
    assert "3.3.2026 klo 09.05" in page
    assert '<html lang="fi">' in page


async def test_an_empty_list_says_so(client: httpx.AsyncClient) -> None:
    assert "Ei vielä viestejä" in (await client.get("/")).text


async def test_a_message_shows_headers_text_and_calendar(sink: MailSink, client: httpx.AsyncClient) -> None:
    _store(sink, text="Hyvä osallistuja")
    page = (await client.get("/1")).text
    assert "<dt>From</dt><dd>kokous@palvelu.example</dd>" in page
    assert "Hyvä osallistuja" in page
    assert "<pre>BEGIN:VCALENDAR" in page
    assert "SUMMARY:Kokous &lt;ä&gt;" in page


async def test_everything_is_escaped(sink: MailSink, client: httpx.AsyncClient) -> None:
    _store(sink, "<script>s</script>", "<img src=x onerror=alert(1)>", '"<b>x</b>" <a@kunta.example>')
    for path in ("/", "/1"):
        page = (await client.get(path)).text
        assert not any(tag in page for tag in ("<script", "<img", "<b>"))
    assert "&lt;img src=x" in page


@pytest.mark.parametrize("path", ["/kutsu/k7", "", "/", "/kutsu?a=1&b=2"])
async def test_a_line_that_is_our_url_is_a_link(sink: MailSink, client: httpx.AsyncClient, path: str) -> None:
    _store(sink, text=f"Avaa:\n  {BASE}{path}\n")
    url = f"{BASE}{path}".replace("&", "&amp;")
    assert f'<a href="{url}">' in (await client.get("/1")).text


@pytest.mark.parametrize(
    "line",
    [
        "http://127.0.0.1:80001/x",
        "http://127.0.0.1:8000.elsewhere.example/x",
        "http://127.0.0.1:8000@elsewhere.example/x",
        "https://elsewhere.example/http://127.0.0.1:8000/",
        "javascript:alert(1)",
        "katso http://127.0.0.1:8000/x",
        "http://127.0.0.1:8000/x nyt",
    ],
)
async def test_any_other_line_is_text(sink: MailSink, client: httpx.AsyncClient, line: str) -> None:
    _store(sink, text=line)
    page = (await client.get("/1")).text
    assert line in page
    assert page.count("<a ") == 1


@pytest.mark.parametrize("path", ["/", "/1", "/9"])
async def test_every_page_forbids_code_and_storage(sink: MailSink, client: httpx.AsyncClient, path: str) -> None:
    _store(sink)
    answer = await client.get(path)
    assert answer.headers["content-security-policy"].startswith("default-src 'none';")
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert not re.search(r"<(script|style|link|img)|\s(style|on\w+)=", answer.text)


@pytest.mark.parametrize("path", ["/2", "/0", "/x", "/1/", "/../1", "/-1", "/²", "/" + "1" * 5000, "/000001.eml"])
async def test_what_is_not_there_is_404(sink: MailSink, client: httpx.AsyncClient, path: str) -> None:
    _store(sink)
    assert (await client.get(path)).status_code == (404 if path != "/../1" else 200)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_it_is_read_only(sink: MailSink, client: httpx.AsyncClient, method: str) -> None:
    _store(sink)
    assert (await client.request(method, "/1")).status_code == 405
    assert sink.numbers() == [1]


async def test_links_hold_under_a_prefix(sink: MailSink) -> None:
    _store(sink)
    transport = httpx.ASGITransport(build_mailbox(sink, BASE), root_path="/posti")
    async with httpx.AsyncClient(transport=transport, base_url="http://mailbox") as client:
        assert '<a href="/posti/1">' in (await client.get("/posti/")).text
        assert '<a href="/posti/">' in (await client.get("/posti/1")).text


async def test_odd_messages_are_shown_all_the_same(sink: MailSink, client: httpx.AsyncClient) -> None:
    sink.store(b"")
    sink.store(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/calendar\r\n")
    sink.store(b"Date: never\r\nContent-Type: text/plain; charset=klingon\r\n\r\n\xe4\xff")
    assert (await client.get("/")).text.count("(ei aihetta)") == 3
    for path in ("/1", "/2", "/3"):
        assert (await client.get(path)).status_code == 200
