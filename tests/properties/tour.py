"""One game that is always played the same way: past everything that ends sight, up to each person's limits."""

from tests.properties.facts import AGENCIES, SHAREABLE, Case, Consent, Grant
from tests.properties.machine import SightMachine
from tests.properties.play import THE_REFERRER


def tour(machine: SightMachine) -> None:
    """Play the tour; after every step all is compared. Raises AssertionError at the first difference."""
    case = _a_case_in_follow_up(machine)
    _a_bar(machine, case)
    for login, how in (("municipality", "the session expires"), ("shelter", "the post ends")):
        machine.goes(login, how)
        machine.each_sees_what_the_model_says()
        machine.comes_back(0)
    for fact in (_given_to(machine, case, "police"), _given_to(machine, case, "shelter").basis):
        for when in ("is over", "begins later", "has been ended"):
            machine.redate(fact, when)
            machine.each_sees_what_the_model_says()
    machine.withdraws(case, "coordinator")
    machine.each_sees_what_the_model_says()


def _a_case_in_follow_up(machine: SightMachine) -> Case:
    case = machine.begins(
        opener="officer",
        named=frozenset(AGENCIES) - {"support"},
        kinds=SHAREABLE - {"risk"},
        depth="in follow-up",
        asked=["social-worker", "municipality"],
        seated=["police", "municipality", "shelter", "county"],
    )
    machine.each_sees_what_the_model_says()
    machine.opens_and_fills_in("social-worker")
    machine.answers(machine.model.cases[-1], THE_REFERRER, Consent("given", frozenset({"county"}), SHAREABLE))
    machine.each_sees_what_the_model_says()
    return case


def _a_bar(machine: SightMachine, case: Case) -> None:
    machine.bars(case, THE_REFERRER, "county")
    machine.each_sees_what_the_model_says()
    for when in ("is over", "begins later", "holds without end"):
        machine.a_bar_changes(0, when)
        machine.each_sees_what_the_model_says()


def _given_to(machine: SightMachine, case: Case, login: str) -> Grant:
    return next(grant for grant in machine.model.grants if grant.basis.case is case and grant.login == login)
