"""From lines to entries: grouped by subject and controller, each with its operation."""

from uuid import uuid4

import pytest

from multiagency.kernel.access import Act, Kind, Operation
from multiagency.kernel.clock import now
from multiagency.kernel.journal import Line, Mode
from multiagency.kernel.settling import Settling
from multiagency.kernel.touched import Place, Touched

CASE, PARTY, OTHER, POLICE, COUNTY = (uuid4() for _ in range(5))


def touched(*done):
    """A case of the police with a part of the county's and a party that the county recorded."""
    rows = {(Kind.SHELL, POLICE, CASE), (Kind.NARRATIVE, POLICE, uuid4()), (Kind.NARRATIVE, COUNTY, uuid4())}
    rows |= {(Kind.PARTY, COUNTY, PARTY), (Kind.PARTY, POLICE, OTHER)}
    seen = {Place(CASE, kind, controller, row_id) for kind, controller, row_id in rows}
    return Touched(done={*done}, seen=seen, cases={CASE: ("BCDF-2345", POLICE)}, bases={CASE: "consent"})


def line(mode, *kinds, act=Act.READ_CASE, subject=CASE, **about):
    return Line(act, mode, now(), kinds=frozenset(kinds), case_id=CASE, subject_id=subject, **about)


def settle(*lines, act=Act.READ_CASE, agency=POLICE, what=None):
    return Settling(act, what or touched(), agency).settle(lines)


def test_each_controller_has_an_entry_with_its_own_kinds():
    lines = [line(Mode.READ, kind) for kind in (Kind.SHELL, Kind.NARRATIVE, Kind.NARRATIVE)]
    found = settle(*lines, line(Mode.READ, Kind.PARTY, subject=PARTY), agency=COUNTY)
    told = {(entry.subject_id, entry.controller_id): (set(entry.kinds), entry.recipient_id) for entry in found}
    assert told == {
        (CASE, POLICE): ({Kind.SHELL, Kind.NARRATIVE}, COUNTY),
        (CASE, COUNTY): ({Kind.NARRATIVE}, None),
        (PARTY, COUNTY): ({Kind.PARTY}, None),
        (OTHER, POLICE): ({Kind.SHELL, Kind.PARTY}, COUNTY),
    }
    assert {(entry.case_reference, entry.basis, entry.operation) for entry in found} == {
        ("BCDF-2345", "consent", Operation.CONSULTATION)
    }


def test_rows_that_no_line_names_are_told_and_a_line_about_nobody_gives_way():
    nobody = Line(Act.READ_CASE, Mode.READ, now(), kinds=frozenset({Kind.SHELL, Kind.NARRATIVE, Kind.PARTY}))
    found = settle(nobody)
    assert {entry.subject_id for entry in found if Kind.PARTY in entry.kinds} >= {PARTY}
    assert all(entry.case_id == CASE for entry in found)
    [alone] = settle(nobody, what=Touched())
    assert (alone.kinds, alone.result, alone.operation) == (frozenset(), "nothing_found", Operation.NONE)


def test_a_kind_of_which_nothing_came_was_looked_at_in_the_cases_laid_open():
    laid_open = Touched(read={Kind.RISK}, cases={CASE: ("BCDF-2345", POLICE)}, bases={CASE: "consent"})
    [found] = settle(what=laid_open)
    assert (found.subject_id, found.kinds, found.basis) == (CASE, frozenset({Kind.SHELL, Kind.RISK}), "consent")
    [nobodys] = settle(what=Touched(read={Kind.RISK}))
    assert (nobodys.subject_id, nobodys.kinds, nobodys.result) == (None, frozenset(), "nothing_found")


@pytest.mark.parametrize(
    ("act", "mode", "about", "done", "operation"),
    [
        (Act.READ_CASE, Mode.READ, {}, (), "consultation"),
        (Act.SEE_MATCHES, Mode.READ, {}, (), "combination"),
        (Act.READ_CASE, Mode.DENY, {}, (), "none"),
        (Act.WRITE_PART, Mode.WRITE, {}, (Operation.COLLECTION,), "collection"),
        (Act.WRITE_PART, Mode.WRITE, {}, (Operation.COLLECTION, Operation.ALTERATION), "alteration"),
        (Act.EDIT_CASE, Mode.WRITE, {}, (Operation.ALTERATION, Operation.ERASURE), "erasure"),
        (Act.BAR_PERSON, Mode.WRITE, {}, (), "alteration"),
        (Act.DELETE_EXPIRED, Mode.WRITE, {}, (Operation.ALTERATION,), "erasure"),
        (Act.REASSIGN_CASE, Mode.WRITE, {"recipient_id": COUNTY}, (), "transfer"),
        (Act.ASSIGN_ACTION, Mode.WRITE, {"recipient_id": COUNTY}, (Operation.ALTERATION,), "transfer"),
        (Act.ASSIGN_ACTION, Mode.WRITE, {"recipient_id": COUNTY}, (Operation.COLLECTION,), "collection"),
        (Act.RUN_MEETING, Mode.WRITE, {"recipient_id": COUNTY}, (Operation.COLLECTION,), "disclosure"),
        (Act.RUN_MEETING, Mode.WRITE, {}, (Operation.COLLECTION,), "collection"),
        (Act.DISCLOSE, Mode.DISCLOSE, {"recipient_id": COUNTY}, (Operation.COLLECTION,), "disclosure"),
    ],
)
def test_the_operation_follows_from_mode_statements_and_act(act, mode, about, done, operation):
    what = touched(*((what, Kind.CONTACT) for what in done))
    what.seen = {place for place in what.seen if place.kind is Kind.SHELL}
    [found] = settle(line(mode, Kind.SHELL, Kind.CONTACT, act=act, **about), act=act, what=what)
    assert found.operation == operation
