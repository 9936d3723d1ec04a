"""What can be given: single data of one's own agency's record, picked one by one. Never a case, never another's."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from multiagency.cases.desk import Desk
from multiagency.cases.reading import CaseView, read_own
from multiagency.cases.reading_identity import WHO
from multiagency.disclosures.questions import DataOnOffer, Datum
from multiagency.kernel.access import Kind
from multiagency.kernel.errors import Invalid

_RULES = ("do_not_talk_to", "safe_hours", "when_to_call", "may_leave_message", "must_not_interpret")
_WHEN = ("safe_hours", "when_to_call")
_IF_SAID = (*_WHEN, "must_not_interpret")


@dataclass(frozen=True, slots=True)
class SentLine:
    """One datum as it was sent, sealed with the disclosure; `item` keeps the data of one person together."""

    label: str
    who: str
    item: str
    value: str


@dataclass(frozen=True, slots=True)
class Content:
    """Exactly what was sent: the chosen data, and what the author wrote."""

    lines: list[SentLine]
    text: str

    def sealed(self) -> str:
        """Return the one text that is sealed."""
        return json.dumps({"lines": [asdict(line) for line in self.lines], "text": self.text}, ensure_ascii=False)

    @classmethod
    def opened(cls, text: str) -> "Content":
        """Read it back."""
        read: dict[str, Any] = json.loads(text)
        return cls([SentLine(**line) for line in read["lines"]], read["text"])


def own_data(desk: Desk, view: CaseView) -> list[Datum]:
    """Return what of one's own agency's record can be picked; what is empty cannot.

    Nor can what a protected address is recorded in, by whoever: who receives it would be named by nobody, and may not
    pass it on (661/2009 sections 36 and 37, fact F47).
    """
    case = desk.case.id
    found = []
    if view.client:
        found += [_client(case, "client", Kind.IDENTITY, name, value) for name, value in view.client.items()]
    if view.contact and not view.protected:
        given = {name: str(view.contact[name]) for name in ("phone", "address")}
        found += [_client(case, "contact", Kind.CONTACT, name, value) for name, value in given.items()]
        found += [_rules(case)]
    for party in view.parties:
        relation = "" if party.protected else party.relation
        texts = {name: getattr(party, name) for name in WHO} | {"relation": relation}
        found += [
            Datum(f"party.{party.id}.{name}", f"disclosed.party.{name}", party.role, Kind.PARTY, party.id, value)
            for name, value in texts.items()
        ]
    found += [_client(case, "part", Kind.NARRATIVE, "narrative", part.narrative) for part in view.parts]
    return [datum for datum in found if datum.value]


def _client(case: UUID, group: str, kind: Kind, name: str, value: str) -> Datum:
    return Datum(f"{group}.{name}", f"disclosed.{group}.{name}", "client", kind, case, value)


def _rules(case: UUID) -> Datum:
    return _client(case, "contact", Kind.CONTACT, "rules", "rules")


def chosen(offered: Sequence[Datum], codes: Iterable[str]) -> list[Datum]:
    """Return the picked data in the order in which they stand. Raises `Invalid` for one that is not on offer."""
    wanted = set(codes)
    if wanted - {datum.code for datum in offered}:
        raise Invalid.of("fields", "disclosure.field_not_offered")
    return [datum for datum in offered if datum.code in wanted]


def content_of(picked: Sequence[Datum], contact: dict[str, str | bool] | None, text: str) -> Content:
    """Return what leaves. No contact datum leaves without the rules of safe contact (marak facts 7, rule 32)."""
    lines = [
        SentLine(datum.label, datum.who, str(datum.subject), datum.value)
        for datum in picked
        if datum.code != "contact.rules"
    ]
    touching = [datum for datum in picked if datum.kind is Kind.CONTACT]
    if touching and contact is not None:
        rules = _rules_that_hold(contact)
        lines += [
            SentLine(f"disclosed.contact.{name}", "client", str(touching[0].subject), value) for name, value in rules
        ]
    return Content(lines, text)


def _rules_that_hold(contact: dict[str, str | bool]) -> list[tuple[str, str]]:
    """Return the rules of safe contact; when to call by its hours, in words, or as not told.

    Hours are one datum: the days, then from when until when.
    """
    hours = f"{contact['safe_days']} {contact['safe_from']}-{contact['safe_until']}" if contact["safe_days"] else ""
    said = {name: str(value) for name, value in contact.items()} | {"safe_hours": hours}
    told = [name for name in _IF_SAID if said[name]]
    told += [] if set(told) & set(_WHEN) else ["when_to_call"]
    return [(name, said[name]) for name in _RULES if name in told or name not in _IF_SAID]


async def read_offered(desk: Desk) -> tuple[list[Datum], dict[str, str | bool] | None]:
    """Return what can be picked, and the contact details whose rules travel along."""
    view = await read_own(desk)
    return own_data(desk, view) + await desk.work.ask(DataOnOffer(desk)), view.contact
