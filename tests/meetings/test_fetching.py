"""An address that a member typed leads nowhere inside, whatever it resolves or redirects to; and holds nobody up."""

import asyncio
import contextlib
import socket
from datetime import UTC, datetime, timedelta

import pytest
from tests.meetings.calendar_servers import answering, saying

from multiagency.meetings import fetching
from multiagency.meetings.fetching import BusyQuestion, CannotFetch, Within, fetch, is_inside

BEGIN = datetime(2027, 3, 15, tzinfo=UTC)
END = BEGIN + timedelta(weeks=8)
NOWHERE = Within(frozenset())


async def code_of(address, within=NOWHERE, **more):
    with pytest.raises(CannotFetch) as raised:
        await fetch(BusyQuestion(address, caldav=False, **more), within, BEGIN, END)
    return raised.value.code


INSIDE = [
    "https://127.0.0.1/",
    "https://localhost/",
    "https://[::1]/",
    "https://169.254.169.254/latest/meta-data/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:169.254.169.254]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[fe80::1]/",
    "https://[fd00::1]/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://0.0.0.0/",
    "https://[::]/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
]


@pytest.mark.parametrize("address", INSIDE)
async def test_no_form_of_an_inner_address_is_asked(address):
    assert await code_of(address) == "inside"


@pytest.mark.parametrize("address", INSIDE)
async def test_no_redirect_leads_inside(address, tmp_path):
    """The one that redirects is listed, and where it leads is not."""
    async with answering(tmp_path, saying(b"", "302 Found", location=address)) as (port, public, asked):
        within = Within(frozenset({f"localhost:{port}"}), public)
        # httpx itself takes no octal form in a redirect
        refused = "not_reached" if "0177" in address else "inside"
        assert await code_of(f"https://localhost:{port}/", within) == refused
        assert len(asked) == 1


async def test_a_redirect_to_no_encryption_is_not_followed(tmp_path):
    async with answering(tmp_path, saying(b"", "301 Moved", location="http://calendar.example/")) as (port, public, _):
        assert await code_of(f"https://localhost:{port}/", Within(frozenset({"localhost"}), public)) == "not_https"


@pytest.mark.parametrize(
    "address",
    ["http://calendar.example/", "ftp://calendar.example/", "https://a:b@calendar.example/", "file:///etc/passwd"],
)
async def test_nothing_but_https_without_a_password_in_it_is_asked(address):
    assert await code_of(address) == "not_https"


async def test_the_connection_is_made_to_the_address_that_was_checked(tmp_path, monkeypatch):
    """A name that is public when it is checked, and inside a moment later, leads to the public address."""
    loop, asked = asyncio.get_running_loop(), []

    async def rebinding(host, port, **more):
        asked.append(host)
        there = "203.0.114.7" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (there, port))]

    reached = []

    async def connection(self, host, port, **more):
        reached.append(host)
        raise OSError

    monkeypatch.setattr(loop, "getaddrinfo", rebinding)
    monkeypatch.setattr("httpcore._backends.auto.AutoBackend.connect_tcp", connection)
    with contextlib.suppress(CannotFetch):
        await fetch(BusyQuestion("https://rebinding.example/", caldav=False), NOWHERE, BEGIN, END)
    assert asked == ["rebinding.example"]
    assert reached == ["203.0.114.7"]


async def test_one_inner_address_among_those_of_a_name_is_enough_to_refuse(monkeypatch):
    async def both(host, port, **more):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (there, port)) for there in ("203.0.114.7", "10.0.0.1")]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", both)
    assert await code_of("https://both.example/") == "inside"


async def test_a_listed_host_is_asked_with_its_name_and_its_certificate(tmp_path):
    async with answering(tmp_path, saying(b"BEGIN:VCALENDAR")) as (port, public, asked):
        within = Within(frozenset({f"localhost:{port}"}), public)
        address = f"https://localhost:{port}/a/b.ics?x=1"
        assert (
            await fetch(BusyQuestion(address, caldav=False, login="a", password="b"), within, BEGIN, END)
            == b"BEGIN:VCALENDAR"
        )
        assert asked[0].startswith("GET /a/b.ics?x=1 HTTP/1.1\r\n")
        assert f"host: localhost:{port}\r\n" in asked[0].lower()
        assert "authorization: basic" in asked[0].lower()
        assert await code_of(f"https://localhost:{port}/", Within(frozenset({"localhost"}))) == "not_reached"
        assert await code_of(f"https://localhost:{port}/", Within(frozenset({"localhost:1"}), public)) == "inside"


async def test_the_password_goes_to_no_other_host(tmp_path):
    async with answering(tmp_path, saying(b"BEGIN:VCALENDAR")) as (port, public, asked):
        there = f"https://127.0.0.1:{port}/"
        async with answering(tmp_path, saying(b"", "307 Temporary", location=there)) as (first, _, sent):
            within = Within(frozenset({"localhost", "127.0.0.1"}), public)
            await fetch(BusyQuestion(f"https://localhost:{first}/", False, "a", "b"), within, BEGIN, END)
    assert "authorization" in sent[0].lower()
    assert "authorization" not in asked[0].lower()


async def test_a_server_that_drips_holds_the_reading_up_no_longer_than_its_time(tmp_path, monkeypatch):
    monkeypatch.setattr(fetching, "SECONDS", 1.0)

    async def drip(_, writer):
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n")
        while True:
            writer.write(b"B")
            await writer.drain()
            await asyncio.sleep(0.2)

    async with answering(tmp_path, drip) as (port, public, _):
        assert await code_of(f"https://localhost:{port}/", Within(frozenset({"localhost"}), public)) == "too_slow"


async def test_what_is_too_large_or_packed_is_not_read_to_its_end(tmp_path):
    async def endless(_, writer):
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"X" * 65_536)
            await writer.drain()

    async with answering(tmp_path, endless) as (port, public, _):
        assert await code_of(f"https://localhost:{port}/", Within(frozenset({"localhost"}), public)) == "too_large"
    async with answering(tmp_path, saying(b"x", content_encoding="gzip")) as (port, public, _):
        assert await code_of(f"https://localhost:{port}/", Within(frozenset({"localhost"}), public)) == "unreadable"


@pytest.mark.parametrize(
    ("status", "code"), [("401 No", "not_let_in"), ("404 No", "not_reached"), ("500 No", "not_reached")]
)
async def test_a_refusal_is_said_as_what_it_is(tmp_path, status, code):
    async with answering(tmp_path, saying(b"", status)) as (port, public, _):
        assert await code_of(f"https://localhost:{port}/", Within(frozenset({"localhost"}), public)) == code


async def test_a_circle_of_redirects_ends(tmp_path):
    async with answering(tmp_path, saying(b"", "302 Found", location="/again")) as (port, public, asked):
        assert await code_of(f"https://localhost:{port}/", Within(frozenset({"localhost"}), public)) == "not_reached"
        assert len(asked) == 4


@pytest.mark.parametrize("address", ["8.8.8.8", "2a00:1450:4026:808::200e"])
def test_a_plain_public_address_is_not_inside(address):
    assert not is_inside(address)
