"""How the pages of calendar and availability are called, whose acts have no route at the API; `calls.py` uses it."""

from multiagency.web.formtokens import csrf_token


def form(**fields):
    """A form of a page, with the token of the session that sends it."""

    async def body(world, login):
        cookie = (await world.house.person(login))._headers["cookie"]
        return {"data": {"csrf": csrf_token(cookie.split("=", 1)[1])} | fields}

    return body


CALENDAR = {
    "POST /availability": form(starts_at="2099-01-01T09:00", ends_at="2099-01-01T16:00", can="no"),
    "POST /availability/removal": form(which="01a20000-0000-7000-8000-000000000000"),
    "POST /availability/calendar": form(kind="ics", address="https://calendar.example/a.ics"),
    "POST /availability/calendar/ending": form(),
    "POST /team-meetings/{team_meeting}/memo": form(text="Sovittiin tiistaista.", seen="0"),
}
