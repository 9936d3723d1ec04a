"""Pages that follow a meeting: events without content, which end with the session and with sight."""

import asyncio

import pytest
from tests.kernel.test_row_security import secret_of

from multiagency.kernel.access import Act
from multiagency.kernel.actor import Presented
from multiagency.meetings import service_chair as chair
from multiagency.web import live

LOGINS = ("police", "municipality", "coordinator-2")
NOTHING = b":\n\n"


async def begun(house):
    """Two cases in an open meeting: Jouni chairs it and sits at the first; Heikki sits at both."""
    first, second = await house.submitted(), await house.submitted()
    meeting = await house.meeting(first, second)
    for case, name in ((first, "Jouni"), (first, "Heikki"), (second, "Heikki")):
        await house.seat(meeting, case, name)
    coordinator = await house.person("coordinator")
    await coordinator.put(f"/meetings/{meeting}/chair", {"post": await house.post_of("Jouni")})
    await coordinator.post(f"/meetings/{meeting}/opening", expect=200)
    return {"first": first, "second": second, "meeting": meeting}


@pytest.fixture
def house(staged_house):
    quick = {"live_seconds": 0.2, "live_minutes": 1}
    staged_house.runtime.tools.settings.__dict__.update(quick)
    return staged_house


@pytest.fixture
async def followed(house, meeting):
    """Begin to follow the meeting as somebody; return the stream, begun."""
    streams = []

    async def begin(login, **known):
        presented = Presented(await secret_of(house, login))
        wanted = (await house.fetch("SELECT id FROM meeting WHERE reference = $1", meeting))[0]["id"]

        async def look(work):
            return await chair.mark(work, wanted, 15)

        async with house.runtime.unit_of_work(presented, Act.CHAIR_MEETING) as work:
            first = known.get("known") or await look(work)
        stream = live.changes(house.runtime, presented, Act.CHAIR_MEETING, first, look)
        streams.append(stream)
        assert await anext(stream) == b"retry: 5000\n\n"
        return stream

    yield begin
    for stream in streams:
        await stream.aclose()


async def following(stream):
    """The next thing that is said."""
    return await asyncio.wait_for(anext(stream, None), 20)


async def press(house, meeting, what, turn):
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/run", {"press": what, "turn": turn}, 204)


async def until_told(stream):
    while (said := await following(stream)) == NOTHING:
        pass
    return said


async def test_what_is_pressed_is_told_once_and_tells_nothing(house, meeting, followed):
    stream = await followed("police")
    assert await following(stream) == NOTHING
    await press(house, meeting, "begin", 0)
    said = await until_told(stream)
    assert said.startswith(b"id: ")
    assert said.endswith(b"\ndata: changed\n\n")
    assert len(said) == len(b"id: ") + 32 + len(b"\ndata: changed\n\n")
    assert await following(stream) == NOTHING


async def test_who_comes_into_the_room_is_told_to_who_sees_the_case_only(house, meeting, followed, first, second):
    await press(house, meeting, "begin", 0)
    await press(house, meeting, "next", 1)
    chairs, coordinates = await followed("police"), await followed("coordinator")
    await house.fetch(
        "INSERT INTO room_presence (id, case_id, controller_id, retention_class, seat_id, entered_at) "
        "SELECT gen_random_uuid(), s.case_id, s.controller_id, 'x', s.id, now() FROM seat s "
        "JOIN case_file c ON c.id = s.case_id WHERE c.reference = $1",
        second,
    )
    assert b"changed" in await until_told(coordinates)
    assert await following(chairs) == NOTHING


async def test_a_page_that_was_made_before_the_line_stood_learns_what_it_missed(house, meeting, followed):
    stream = await followed("police", known="0" * 32)
    assert b"changed" in await following(stream)


@pytest.mark.parametrize("ended", ["session", "post", "chair", "team"])
async def test_the_line_ends_with_session_post_and_task(house, meeting, followed, ended):
    stream = await followed("coordinator-2" if ended == "team" else "police")
    assert await following(stream) == NOTHING
    if ended == "session":
        await house.http.delete("/api/v1/session", headers=(await house.person("police"))._headers)
    elif ended == "post":
        await house.fetch("UPDATE post SET valid_to = now() WHERE id = $1", await house.post_of("Jouni"))
    elif ended == "chair":
        await house.fetch("UPDATE meeting SET chair_id = NULL")
    else:
        await house.fetch("UPDATE team_member SET valid_to = now()")
    while (said := await following(stream)) is not None:
        assert said == NOTHING


async def test_nobody_waits_in_a_transaction(house, meeting, followed):
    streams = [await followed(login) for login in ("police", "coordinator", "coordinator-2")]
    waiting = [asyncio.ensure_future(following(stream)) for stream in streams]
    await asyncio.sleep(0.05)
    rows = await house.fetch(
        "SELECT state FROM pg_stat_activity "
        "WHERE datname = $1 AND usename = 'multiagency_app' AND xact_start IS NOT NULL",
        house.database,
    )
    assert rows == []
    await asyncio.gather(*waiting)


async def test_asking_again_and_again_leaves_no_entries(house, meeting, followed):
    """The page that is fetched after an event leaves its own; the question whether there is one shows nothing."""
    stream = await followed("police")
    before = await house.fetch("SELECT count(*) FROM audit_entry")
    for _ in range(3):
        assert await following(stream) == NOTHING
    assert await house.fetch("SELECT count(*) FROM audit_entry") == before


async def test_one_person_holds_so_many_lines_and_no_more(house, meeting):
    """At the address itself, against the application as a server calls it."""
    jouni = await house.person("police")
    path, lines = f"/meetings/{meeting}/chair/events", []
    try:
        for _ in range(live.AT_ONCE):
            lines.append(line := Line(house, path, jouni._headers))
            assert await line.begins() == 200
            assert line.headers[b"content-type"] == b"text/event-stream"
            assert line.headers[b"cache-control"] == b"no-store"
            assert b"default-src 'none'" in line.headers[b"content-security-policy"]
            assert await line.says() == b"retry: 5000\n\n"
        lines.append(line := Line(house, path, jouni._headers))
        assert await line.begins() == 429
        await lines[0].leave()
        lines.append(line := Line(house, path, jouni._headers))
        assert await line.begins() == 200
    finally:
        for line in lines:
            await line.leave()
    assert not live._held


async def test_who_does_not_lead_gets_no_line(house, meeting):
    for login, status in (("municipality", 404), ("auditor", 403)):
        line = Line(house, f"/meetings/{meeting}/chair/events", (await house.person(login))._headers)
        assert await line.begins() == status
        await line.leave()


async def test_a_head_is_answered_at_once(house, meeting):
    headers = (await house.person("police"))._headers
    answer = await house.http.head(f"/meetings/{meeting}/chair/events", headers=headers)
    assert (answer.status_code, answer.content) == (204, b"")


class Line:
    """A connection that is read bit by bit, and left."""

    def __init__(self, house, path, headers):
        self._said, self._gone = asyncio.Queue(), asyncio.Event()
        named = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        scope = {
            "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"",
            "headers": [*named, (b"host", b"testserver")], "scheme": "http", "server": ("testserver", 80),
            "client": ("127.0.0.1", 1), "http_version": "1.1", "root_path": "", "asgi": {"spec_version": "2.3"},
        }  # fmt: skip
        self._asked = False
        self._task = asyncio.ensure_future(house.asgi(scope, self._receive, self._said.put))

    async def _receive(self):
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def begins(self):
        message = await asyncio.wait_for(self._said.get(), 20)
        self.headers = dict(message["headers"])
        return message["status"]

    async def says(self):
        return (await asyncio.wait_for(self._said.get(), 20))["body"]

    async def leave(self):
        self._gone.set()
        await asyncio.wait_for(self._task, 20)
