"""What one person sees at one moment, reckoned from the grants, bases and bars that live then.

A row of some kind is seen by whoever holds a living grant for that kind on a living basis for that kind, unless barred;
on a basis that is the agency's own record, only rows of that agency's own record are. `SPECIAL` names the exceptions.
"""

from collections.abc import Callable

from tests.properties.facts import STEERING, Case, Grant, Person, Row


class Sight:
    """What one person's living grants open at one moment."""

    def __init__(
        self,
        person: Person,
        signed_in: bool,
        grants: list[Grant],
        offered: frozenset[str],
        biased: frozenset[Case] = frozenset(),
    ) -> None:
        self.biased = biased
        """The cases against which a bar on this person, not on their agency, stands."""
        self.person, self.signed_in, self.grants, self.offered = person, signed_in, grants, offered
        self.any = {grant.basis.case for grant in grants}
        self.shared: set[tuple[Case, str]] = set()
        self.own: set[tuple[Case, str]] = set()
        self.steered: set[tuple[Case, str]] = set()
        for grant in grants:
            opened = {(grant.basis.case, kind) for kind in grant.kinds & grant.basis.kinds}
            (self.own if grant.basis.reason == "own_record" else self.shared).update(opened)
            if grant.capability in STEERING:
                self.steered |= opened

    def holds(self, case: Case, kind: str, *capabilities: str) -> bool:
        """Whether a living grant lets the person do one of these things with this kind of data."""
        return any(
            grant.basis.case is case and grant.capability in capabilities and kind in grant.kinds & grant.basis.kinds
            for grant in self.grants
        )

    def sees(self, row: Row) -> bool:
        """Whether the person should see the row."""
        return SPECIAL.get(row.table, Sight.usual)(self, row)

    def steers(self, row: Row) -> bool:
        """Whether the person steers the row's case."""
        return (row.case, "shell") in self.steered

    def acts(self, row: Row, kind: str, *capabilities: str) -> bool:
        """Whether the person may do one of these things with this kind of data of the row's case."""
        return row.case is not None and self.holds(row.case, kind, *capabilities)

    def oversees(self, row: Row) -> bool:
        """Whether the person reads who holds which right, and no client data: in no case in which they are biased."""
        audits = self.signed_in and self.person.role == "auditor" and "oversight" in self.offered
        return audits and row.case not in self.biased

    def shows_every_shell(self) -> bool:
        """Whether a shell is the same in one's own record and in a shared one."""
        return "own_part" in self.offered

    def usual(self, row: Row) -> bool:
        """Whether the row is seen by the rule that holds for every kind of client data."""
        opened = (row.case, row.kind)
        return opened in self.shared or (opened in self.own and row.whose == self.person.agency)


def _own_grant(sight: Sight, row: Row) -> bool:
    """One's own always, also when they have ended; all of them where one steers the case."""
    mine = sight.signed_in and row.whose == sight.person.login
    return mine or sight.steers(row) or sight.oversees(row)


def _basis(sight: Sight, row: Row) -> bool:
    """What one's agency may be given, while one has any sight of the case; all of them where one steers it."""
    mine = row.whose == sight.person.agency and row.case in sight.any
    return mine or sight.steers(row) or sight.oversees(row)


def _bar(sight: Sight, row: Row) -> bool:
    return sight.steers(row) or sight.oversees(row)


def _key(sight: Sight, row: Row) -> bool:
    """The keys of cases in sight, and those of the log."""
    return sight.signed_in and (row.case is None or row.case in sight.any)


def _shell(sight: Sight, row: Row) -> bool:
    return sight.usual(row) or (sight.shows_every_shell() and (row.case, "shell") in sight.own)


def _at_the_table(sight: Sight, row: Row) -> bool:
    """Who sits where: whoever steers a case sees it in anybody's record."""
    return sight.usual(row) or (row.case, "meeting") in sight.steered


def _contact(sight: Sight, row: Row) -> bool:
    """How the client is reached: while the address is protected, for those who were named only."""
    masked = row.case is not None and row.case.protected and sight.person.login not in row.case.cleared
    return sight.usual(row) and not masked


def _emergency(sight: Sight, row: Row) -> bool:
    """That a case was opened in an emergency: who did it, and who steers the case."""
    mine = sight.signed_in and row.whose == sight.person.login
    return mine or _steered(sight, row)


def _steered(sight: Sight, row: Row) -> bool:
    """What is answered about an opening: for who steers the case."""
    return sight.acts(row, "shell", "coordinate") or sight.acts(row, "shell", "refer")


def _hash(sight: Sight, row: Row) -> bool:
    """That there are look-up hashes, never which: the referrer."""
    return row.whose == sight.person.agency and sight.acts(row, "identity", "refer")


def _sent(sight: Sight, row: Row) -> bool:
    """What an agency disclosed: its own, and not for those who only receive."""
    return sight.usual(row) and row.whose == sight.person.agency and sight.person.role != "intake"


def _received(sight: Sight, row: Row) -> bool:
    """What an agency was given: for those who receive for it."""
    return sight.usual(row) and row.whose == sight.person.agency and sight.person.role == "intake"


def _person(sight: Sight, row: Row) -> bool:
    """Somebody else in the case: whoever was recorded by mistake is there for nobody."""
    return sight.usual(row) and row.whose is not None


def _minutes(sight: Sight, row: Row) -> bool:
    """Drafts are for who coordinates; what was approved, for the agencies that received it there."""
    received = row.case is not None and row.place is not None and sight.person.agency in row.case.received[row.place]
    return sight.usual(row) and (received or sight.acts(row, "minutes", "coordinate"))


def _part(sight: Sight, row: Row) -> bool:
    """What one agency alone received: those of it who sit there."""
    tables = row.case.tables if row.case is not None and row.place is not None else []
    seats = [grant for table in tables if table.number == row.place for grant in table.given]
    mine = row.whose == sight.person.agency and any("minutes" in seat.kinds and seat in sight.grants for seat in seats)
    return sight.usual(row) and (mine or sight.acts(row, "minutes", "coordinate"))


def _earlier(sight: Sight, row: Row) -> bool:
    return sight.usual(row) and row.whose == sight.person.agency


def _asked(sight: Sight, row: Row) -> bool:
    """That an agency is asked: whoever coordinates; who sits there for it; at the meeting, everybody who does."""
    shared, table = (row.case, "meeting") in sight.shared, row.case.tables[-1] if row.case and row.case.tables else None
    at_it = row.whose is not None and table is not None and table.sits(sight.person.login)
    mine = at_it and (row.whose == sight.person.agency or (table is not None and table.begun))
    return shared and (mine or sight.acts(row, "meeting", "coordinate"))


def _answered(sight: Sight, row: Row) -> bool:
    """What it answered: with the request, where agencies' data is given, and to its own people at that table."""
    table = row.case.tables[-1] if row.case and row.case.tables else None
    own = row.whose == sight.person.agency and table is not None and table.sits(sight.person.login)
    return row.whose is not None and _asked(sight, row) and (own or sight.usual(row))


SPECIAL: dict[str, Callable[[Sight, Row], bool]] = {
    "case_file": _shell,
    "access_grant": _own_grant,
    "address_clearance": _own_grant,
    "lawful_basis": _basis,
    "access_bar": _bar,
    "bar_exemption": _bar,
    "data_key": _key,
    "safe_contact": _contact,
    "break_glass": _emergency,
    **dict.fromkeys(("break_glass_review", "seat_necessity"), _steered),
    "lookup_hash": _hash,
    "receipt": _received,
    "party": _person,
    "earlier_part": _earlier,
    "research_request": _asked,
    "research_answer": _answered,
    "minutes": _minutes,
    "minutes_part": _part,
    **dict.fromkeys(("agenda_item", "seat", "room_presence"), _at_the_table),
    **dict.fromkeys(("disclosure", "delivery", "child_welfare_decision", "ground_sharing"), _sent),
}
"""The tables whose rows are seen by more, or by fewer, than the rule for every kind of client data says."""
