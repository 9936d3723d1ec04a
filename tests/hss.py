"""A case of HSS in pieces: opened by the police, offered, taken over by the county, with its appointments."""

from datetime import UTC, datetime, timedelta

from multiagency.kernel.clock import today
from tests.models import add_team

CLIENT = {"name": "Onni Vaaranpää", "identity_code": "131095-923R"}
CONTACT = {"phone": "040 555 0101", "when_to_call": "iltaisin", "may_leave_message": False, "language": "fi"}
NARRATIVE = "Kannabista löytyi tarkastuksessa."
KEPT = ["attendance"]
"""What the client lets the police be told."""


async def team(house):
    rows = await house.fetch("SELECT id FROM team WHERE pathway = 'hss'")
    return str(rows[0]["id"]) if rows else await add_team(house, "hss")


async def consent_body(house, police=tuple(KEPT)):
    county, own = await house.agencies("Wellbeing", "Police")
    pairs = [{"agency": county, "kinds": ["identity", "contact", "party", "narrative", "attendance"]}]
    return {
        "answer": "given",
        "purpose": "hss_period",
        "asked_at": (datetime.now(UTC) - timedelta(minutes=5)).isoformat(),
        "how": "spoken",
        "language": "fi",
        "pairs": [*pairs, *([{"agency": own, "kinds": list(police)}] if police else [])],
    }


async def draft(house, client=CLIENT, first="yes", police=tuple(KEPT)):
    officer = await house.person("officer")
    case = (await officer.post("/cases", {"team": await team(house)}, 201))["reference"]
    await officer.put(f"/cases/{case}/client", client)
    await officer.put(f"/cases/{case}/safe-contact", CONTACT)
    await officer.put(f"/cases/{case}/part", {"narrative": NARRATIVE})
    if first:
        await officer.post(f"/cases/{case}/findings", finding("first_offence", first))
    if police is not None:
        await officer.post(f"/cases/{case}/consent", await consent_body(house, police))
    return case


def finding(what, answer, on=None):
    return {"what": what, "answer": answer, "found_on": str(on or today())}


async def offered(house, **about):
    case = await draft(house, **about)
    await (await house.person("officer")).post(f"/cases/{case}/submission")
    return case


async def taken_over(house, by="Marja", **about):
    case = await offered(house, **about)
    await take_over(house, case, by)
    return case


async def take_over(house, case, by="Marja", expect=204):
    body = {"post": await house.post_of(by)}
    return await (await house.person("hss-coordinator")).post(f"/cases/{case}/taking-over", body, expect)


async def came(house, case, *whats, login="social-worker", expect=204):
    for what in whats:
        body = {"what": what, "on_day": str(today())}
        await (await house.person(login)).post(f"/cases/{case}/attendance", body, expect)


async def move(house, case, to, reason="", expect=204):
    return await (await house.person("hss-coordinator")).post(
        f"/cases/{case}/moves", {"to": to, "reason": reason}, expect
    )
