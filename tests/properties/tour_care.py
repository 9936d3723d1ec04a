"""A game that is always played the same way: what is put right, who stands in, what is confirmed, and how each ends."""

from collections.abc import Callable

from tests.properties.facts import AGENCIES, SHAREABLE, Case, Consent
from tests.properties.play import THE_REFERRER
from tests.properties.whole_care import CareMachine


def care_tour(machine: CareMachine) -> None:
    """Play it; after every step all is compared. Each step must change what it says."""
    case = machine.begins(
        opener="officer",
        given=dict.fromkeys(frozenset(AGENCIES) - {"support"}, SHAREABLE),
        depth="in follow-up",
        asked=["police", "municipality"],
        seated=["police", "municipality"],
    )
    machine.each_sees_what_the_model_says()
    model = machine.model

    def stands_in(login: str) -> bool:
        return any(grant.deputy and grant.lives(machine.now()) for grant in model.grants if grant.login == login)

    steps: list[tuple[Callable[[], object], Callable[[], object]]] = [
        (lambda: machine.instructs(case, "coordinator", 0), lambda: case.actions[0].unconfirmed),
        (lambda: machine.instructs(case, "coordinator", 1), lambda: case.actions[1].unconfirmed),
        (lambda: machine.confirms_as(case, "municipality", case.actions[0]), lambda: case.actions[0].unconfirmed),
        (lambda: machine.names_a_deputy("supervisor", "police", "officer-2", 0), lambda: stands_in("officer-2")),
        (lambda: machine.confirms_as(case, "officer-2", case.actions[0]), lambda: not case.actions[0].unconfirmed),
        (lambda: machine.names_a_deputy("officer", "officer", "officer-2", 0), lambda: len(model.deputies) == 1),
        (lambda: machine.names_a_deputy("supervisor", "officer", "officer-2", 1), lambda: len(model.deputies) == 2),
        (lambda: _answers_anew(machine, case), lambda: model.deputies[1].begins),
        (lambda: machine.a_deputy_is_needed_no_more("supervisor", True, 1), lambda: model.deputies[1].over),
        (lambda: machine.bars(case, THE_REFERRER, "officer-2"), lambda: not model.sight("officer-2").grants),
        (lambda: machine.names_a_deputy("supervisor", "officer", "officer-2", 0), lambda: len(model.deputies) == 3),
        (lambda: _the_bar_is_over(machine, case), lambda: not _refers(machine, case, "officer-2")),
        (lambda: machine.a_deputy_is_needed_no_more("supervisor", False, 2), lambda: model.deputies[2].over),
        (lambda: machine.names_a_deputy("supervisor", "officer", "officer-2", 0), lambda: stands_in("officer-2")),
        (lambda: machine.seats(case, "coordinator", "municipality", to_reach=True), lambda: _reaches(machine, case)),
        (lambda: machine.takes_a_seat_back(case, "coordinator", 1), lambda: not _reaches(machine, case)),
        (lambda: machine.records_whom_an_agency_employs(case, "officer-2", "county"), lambda: len(case.people) == 2),
        (lambda: machine.strikes(case, "coordinator", case.people[1]), lambda: len(case.people) == 2),
        (lambda: machine.strikes(case, "officer-2", case.people[1]), lambda: len(case.people) == 1),
        (lambda: machine.strikes(case, THE_REFERRER, case.people[0]), lambda: not case.people),
        (lambda: machine.hands_over(case, THE_REFERRER, 1, own=True), lambda: case.referrer == "officer-2"),
        (lambda: machine.a_deputy_is_needed_no_more("supervisor", False, 3), lambda: case.referrer == "officer-2"),
    ]
    for number, (step, holds) in enumerate(steps):
        step()
        machine.each_sees_what_the_model_says()
        assert holds(), f"step {number} did not do what it says"


def _the_bar_is_over(machine: CareMachine, case: Case) -> None:
    """What was not given while it stood is not given by its end."""
    machine.a_bar_changes(0, "is over")
    case.touched_up = False


def _answers_anew(machine: CareMachine, case: Case) -> None:
    """Sight that comes with it must not come earlier to whoever stands in later."""
    machine.answers(case, THE_REFERRER, Consent.to_all(frozenset(AGENCIES) - {"support"}, SHAREABLE))


def _refers(machine: CareMachine, case: Case, login: str) -> bool:
    return any(grant.basis.case is case and grant.capability == "refer" for grant in machine.model.sight(login).grants)


def _reaches(machine: CareMachine, case: Case) -> bool:
    return machine.model.sight("municipality").holds(case, "contact", "read")
