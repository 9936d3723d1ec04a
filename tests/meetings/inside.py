"""What tests of rooms do again and again: pressing Join, promising, coming in, and a provider to meet at."""

import dataclasses
import re
from datetime import UTC, datetime, timedelta

from multiagency.meetings.forms import PROMISES
from multiagency.meetings.jobs_rooms import mind_rooms
from multiagency.settings import Settings

LOGINS = ("municipality", "police", "coordinator", "coordinator-2", "officer")


async def begun(house):
    """Two cases in an open meeting that begins in twelve minutes: Jouni sits at both, Heikki and Outi at the first."""
    first, second = await house.submitted(), await house.submitted()
    meeting = await house.meeting(first, second, minutes=12)
    for case, name in ((first, "Heikki"), (first, "Jouni"), (second, "Jouni"), (first, "Outi")):
        await house.seat(meeting, case, name)
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/opening", expect=200)
    return {"first": first, "second": second, "meeting": meeting}


async def joined(visitor, meeting, case):
    """Press Join; return the room and the ticket."""
    text = (await visitor.post(f"/meetings/{meeting}/invitation/join", 200, case=case)).text
    return re.search(r"/rooms/([0-9a-f-]+)", text)[1], re.search(r'name="token" value="([^"]+)"', text)[1]


async def inside(visitor, meeting, case):
    """Come in; return the room."""
    room, token = await joined(visitor, meeting, case)
    await visitor.post(f"/rooms/{room}", token=token, promise=PROMISES)
    return room


async def move(house, *, starts, ends):
    """Let the meeting begin and end so many seconds from now."""
    at = [datetime.now(UTC) + timedelta(seconds=seconds) for seconds in (starts, ends)]
    await house.fetch("UPDATE meeting SET starts_at = $1, ends_at = $2", *at)


def meet_at(house, **settings):
    """Let meetings be held with this provider."""
    known = {name: value for name, value in house.settings.model_dump().items() if value is not None}
    changed = Settings.model_validate(known | settings)
    house.runtime.tools = dataclasses.replace(house.runtime.tools, settings=changed)


async def look_after(house):
    """Let the worker look after rooms until nothing is due."""
    while await mind_rooms(house.runtime, await house.service()):
        pass


async def team_of_meetings(house):
    """Return the id of the team whose meetings these are."""
    return str((await house.fetch("SELECT team_id FROM meeting LIMIT 1"))[0]["team_id"])
