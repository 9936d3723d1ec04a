"""A person at the API: signs in, keeps the session, reads and writes over HTTP, and reads their own mail."""

import re
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

import httpx
from icalendar import Calendar

Json = Any


class Unexpected(Exception):
    """The service answered otherwise than the step expects."""


class PersonAtApi:
    """One signed-in person; every method names the status it expects and raises `Unexpected` for any other."""

    def __init__(self, http: httpx.AsyncClient, login: str) -> None:
        self._http = http
        self.login = login
        self._headers: dict[str, str] = {"accept-language": "en"}

    async def sign_in(self, password: str) -> Json:
        """Sign in with a demo account."""
        credentials = {"login": self.login, "password": password}
        response = await self._http.post("/api/v1/session", json=credentials, headers=self._headers)
        self._expect(response, 201)
        # Sent by hand: the HTTP library keeps Secure cookies from http, also on the loopback address.
        self._headers["cookie"] = response.headers["set-cookie"].split(";")[0]
        self._headers["x-csrf-token"] = response.json()["csrf_token"]
        return response.json()

    async def get(self, path: str, expect: int = 200) -> Json:
        """Read; return the parsed answer."""
        return await self._call("GET", path, None, expect)

    async def post(self, path: str, body: Json = None, expect: int = 204) -> Json:
        """Change something; return the parsed answer, if there is one."""
        return await self._call("POST", path, body, expect)

    async def put(self, path: str, body: Json, expect: int = 204) -> Json:
        """Fill something in."""
        return await self._call("PUT", path, body, expect)

    async def raw(self, path: str) -> bytes:
        """Fetch a file."""
        response = await self._http.get(f"/api/v1{path}", headers=self._headers)
        self._expect(response, 200)
        return response.content

    async def _call(self, method: str, path: str, body: Json, expect: int) -> Json:
        response = await self._http.request(method, f"/api/v1{path}", json=body, headers=self._headers)
        self._expect(response, expect)
        return response.json() if response.content else None

    def _expect(self, response: httpx.Response, status: int) -> None:
        if response.status_code != status:
            request = response.request
            place = re.sub(r"/invitations/[^/]+", "/invitations/…", request.url.path)
            raise Unexpected(
                f"{self.login}: {request.method} {place} gave {response.status_code}: {response.text[:300]}"
            )


@dataclass(frozen=True, slots=True)
class CalendarMail:
    """What a mail at the sink says to a calendar."""

    recipient: str
    method: str
    uid: str
    sequence: int
    status: str
    address: str | None

    @classmethod
    def parse(cls, mail: EmailMessage) -> "CalendarMail | None":
        """Parse the text/calendar part with an independent parser; None for a mail without one."""
        for part in mail.walk():
            if part.get_content_type() == "text/calendar":
                calendar = Calendar.from_ical(part.get_payload(decode=True))  # type: ignore[arg-type]
                event = calendar.walk("VEVENT")[0]
                if str(calendar["METHOD"]) != part.get_param("method"):
                    raise Unexpected("the MIME method and the calendar's METHOD differ")
                join = re.search(r"/j/([\w-]+)", str(event.get("LOCATION", "")))
                return cls(
                    recipient=str(event["ATTENDEE"]).removeprefix("mailto:"),
                    method=str(calendar["METHOD"]),
                    uid=str(event["UID"]),
                    sequence=int(str(event["SEQUENCE"])),
                    status=str(event["STATUS"]),
                    address=join[1] if join else None,
                )
        return None
