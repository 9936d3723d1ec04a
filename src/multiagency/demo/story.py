"""The fictitious story that the walkthrough tells; names and identity codes belong to nobody (900-999)."""

from typing import Any

from multiagency.risk.instruments import instrument

CLIENT = {"name": "Aili Esimerkki", "identity_code": "030594W902A"}
SAFE_CONTACT = {
    "phone": "+358 50 000 0001",
    "address": "Kuvitteellinen tie 1, Revontuli",
    "safe_days": "mon tue wed thu fri",
    "safe_from": "09:00",
    "safe_until": "11:00",
    "when_to_call": "Arkisin klo 9-11",
    "do_not_talk_to": "Puolisolle ei saa kertoa",
    "may_leave_message": False,
    "language": "fi",
}
VIOLENT = {
    "role": "person_using_violence",
    "name": "Oiva Keksitty",
    "identity_code": "010594Y9032",
    "relation": "aviopuoliso",
}
CHILD = {"role": "child", "name": "Eemeli Esimerkki", "identity_code": "020516C903K", "relation": "yhteinen lapsi"}
NARRATIVE = "Asiakas kertoi kolmannesta väkivaltatilanteesta puolen vuoden sisällä ja uhkauksista."
COUNTY_PART = "Perhe on ollut perhetyön asiakkaana syksystä. Lapsi on käynyt koulukuraattorilla."
SECOND_CLIENT = {"name": "Inka Olematon", "identity_code": "020594X902N"}
SECOND_VIOLENT = {"role": "person_using_violence", "name": "Urho Olematon", "relation": "entinen puoliso"}
MINUTES = "Sovittiin turvasuunnitelmasta, lähestymiskiellon hakemisesta ja koulun tuesta."
YOUNG, GUARDIAN, YOUTH_SERVICE = "Nella Keksitty", "Tarmo Keksitty", "Nuorisoasema Kuvitelma"
MEETING = "Sovittiin tapaamisista nuorisoasemalla ja koulun tuesta."
CAUGHT = {"name": "Onni Olematon", "identity_code": "140388-9272"}
"""Whom the cases of other models than MARAK are about."""
ACTIONS = {
    "police": "Keskustelee asiakkaan kanssa lähestymiskiellon hakemisesta",
    "county": "Tekee turvasuunnitelman asiakkaan kanssa",
    "municipality": "Järjestää lapselle tuen koulussa",
}

SECRETS = (
    *(
        text
        for person in (CLIENT, VIOLENT, CHILD, SECOND_CLIENT, SECOND_VIOLENT)
        for name, text in person.items()
        if name != "role"  # a word of the service, which stands in the names of acts too
    ),
    SAFE_CONTACT["phone"],
    SAFE_CONTACT["address"],
    NARRATIVE,
    COUNTY_PART,
    MINUTES,
    *ACTIONS.values(),
)
"""What must never stand in a mail or in front of an auditor."""


def answers(yes: int) -> dict[str, dict[str, str]]:
    """Return an answer to all 24 items, the first `yes` of them yes, one of them commented."""
    items = [item.code for item in instrument("marak").items]
    given = {code: {"answer": "yes" if place < yes else "no"} for place, code in enumerate(items)}
    given[items[0]]["comment"] = "Mustelmia käsivarsissa"
    given[items[-1]]["answer"] = "not_known"
    return given


def consent(asked_at: str, recipients: list[str]) -> dict[str, Any]:
    """Return a consent that names these agencies and every kind of data that may be shared."""
    return {
        "answer": "given",
        "purpose": "marak_meeting",
        "asked_at": asked_at,
        "how": "spoken",
        "language": "fi",
        "kinds": ["identity", "contact", "party", "narrative", "risk"],
        "recipients": recipients,
    }
