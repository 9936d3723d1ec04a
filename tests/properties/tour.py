"""Three games that are always played the same way: past everything that ends sight, up to each person's limits."""

from collections.abc import Callable

from tests.properties.facts import AGENCIES, SHAREABLE, Case, Consent, Grant
from tests.properties.play import THE_REFERRER
from tests.properties.whole import WholeMachine
from tests.properties.whole_life import LifeMachine


def tour(machine: WholeMachine) -> None:
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
    machine.leaves_the_team_or_joins_it("coordinator-2")
    machine.each_sees_what_the_model_says()
    machine.withdraws(case, "coordinator")
    machine.each_sees_what_the_model_says()


def _a_case_in_follow_up(machine: WholeMachine) -> Case:
    case = machine.begins(
        opener="officer",
        given=dict.fromkeys(frozenset(AGENCIES) - {"support"}, SHAREABLE - {"risk"}),
        depth="in follow-up",
        asked=["social-worker", "municipality"],
        seated=["police", "municipality", "shelter", "county"],
    )
    machine.each_sees_what_the_model_says()
    machine.opens_and_fills_in("social-worker")
    machine.answers(machine.model.cases[-1], THE_REFERRER, Consent.to_all(frozenset({"county"}), SHAREABLE))
    machine.each_sees_what_the_model_says()
    return case


def _a_bar(machine: WholeMachine, case: Case) -> None:
    machine.bars(case, THE_REFERRER, "social-worker")
    machine.each_sees_what_the_model_says()
    for when in ("is over", "begins later", "holds without end"):
        machine.a_bar_changes(0, when)
        machine.each_sees_what_the_model_says()


def _given_to(machine: WholeMachine, case: Case, login: str) -> Grant:
    return next(grant for grant in machine.model.grants if grant.basis.case is case and grant.login == login)


def wider_tour(machine: WholeMachine) -> None:
    """Play what is done around a case, as far as the service offers it; after every step all is compared."""
    case = _a_case_in_follow_up(machine)
    steps: list[tuple[str, Callable[[], object]]] = [
        ("protect", lambda: machine.protects_the_address(case, THE_REFERRER)),
        ("protect", lambda: machine.clears(case, THE_REFERRER, "coordinator")),
        ("reassign", lambda: machine.hands_over(case, "coordinator", 1, own=True)),
        ("reassign", lambda: machine.hands_over(case, "coordinator-2", 0, own=True)),
        ("reassign", lambda: machine.hands_over(case, THE_REFERRER, 1, own=True)),
        ("supervise", lambda: machine.a_supervisor_hands_on(case, THE_REFERRER, 0)),
        ("supervise", lambda: machine.a_supervisor_hands_on(case, THE_REFERRER, 1)),
        ("break_glass", lambda: machine.opens_in_an_emergency(case, "support", 45)),
        ("break_glass", lambda: machine.opens_in_an_emergency(case, "officer", 5)),
        ("conflict", lambda: machine.declares(case, "county")),
        ("lift_bar", lambda: machine.lifts_a_bar("coordinator", 0)),
        ("conflict", lambda: machine.declares(case, "coordinator")),
        ("disclose", lambda: machine.tells(case, "police", "county")),
        ("disclose", lambda: machine.tells(case, "social-worker", "police")),
        ("disclose", lambda: machine.tells(case, case.referrer, "shelter")),
        ("withdraw_one", lambda: machine.withdraws_for_one(case, THE_REFERRER, "shelter", "party")),
        ("withdraw_one", lambda: machine.withdraws_for_one(case, THE_REFERRER, None, "narrative")),
        ("withdraw_one", lambda: machine.withdraws_for_one(case, THE_REFERRER, "revontuli", None)),
        ("close", lambda: machine.closes(case, "coordinator")),
        ("close", lambda: machine.closes(case, "coordinator-2")),
        ("delete", lambda: machine.holds_everything(case, "coordinator")),
        ("delete", lambda: machine.twelve_years_pass_for_what_is_over(case)),
    ]
    other = machine.model.cases[-1]
    steps[5:5] = [
        ("agency_bar", lambda: machine.records_whom_an_agency_employs(other, THE_REFERRER, "county")),
        ("agency_bar", lambda: machine.records_whom_an_agency_employs(other, THE_REFERRER, "police")),
        ("disclose", lambda: machine.tells(other, "social-worker", "police")),
        ("agency_bar", lambda: machine.submits(other, THE_REFERRER)),
        ("agency_bar", lambda: machine.lets_one_in(THE_REFERRER, 0, "county")),
        ("withdraw_one", lambda: machine.withdraws_for_one(other, THE_REFERRER, "county", None)),
    ]
    for needed, step in steps:
        if needed in machine.model.offered:
            step()
            machine.each_sees_what_the_model_says()


def life_tour(machine: LifeMachine) -> None:
    """Play ends and what begins after them; after every step all is compared. Each step must change something."""
    case = machine.begins(
        opener="officer",
        given=dict.fromkeys(frozenset(AGENCIES) - {"support"}, SHAREABLE),
        depth="on the agenda",
        asked=["municipality"],
        seated=["police", "municipality", "shelter", "county"],
    )
    machine.each_sees_what_the_model_says()
    steps: list[tuple[Callable[[], object], Callable[[], object]]] = [
        (lambda: machine.declines(case, 0), lambda: not case.seats["police"]),
        (lambda: machine.seats(case, "coordinator", "police"), lambda: case.seats["police"]),
        (lambda: machine.answers_by_mail(case, 0, "DECLINED"), lambda: machine.world.arrived and case.seats["police"]),
        (lambda: machine.declines(case, 0), lambda: not case.seats["police"]),
        (lambda: machine.goes("shelter", "the post ends"), lambda: case.seats["shelter"]),
        (lambda: machine.the_worker_looks(None), lambda: not case.seats["shelter"]),
        (lambda: machine.comes_back(0), lambda: not case.seats["shelter"]),
        (lambda: machine.ends_early(case, THE_REFERRER), lambda: case.stage == "closed"),
        (lambda: machine.begins_again(case, "coordinator"), lambda: case.stage == "closed"),
        (lambda: machine.begins_again(case, THE_REFERRER), lambda: case.stage == "draft"),
        (lambda: _answers_anew(machine, case), lambda: case.consent),
        (lambda: machine.submits(case, THE_REFERRER), lambda: case.stage == "submitted"),
        (lambda: _consent_runs_out(machine, case), lambda: not list(machine.model.consent_bases(case))),
        (lambda: machine.withdraws(case, THE_REFERRER), lambda: case.stage == "withdrawn"),
        (lambda: machine.begins_again(case, THE_REFERRER), lambda: case.stage == "draft"),
    ]
    for step, holds in steps:
        step()
        machine.each_sees_what_the_model_says()
        assert holds()


def _answers_anew(machine: LifeMachine, case: Case) -> None:
    machine.answers(case, THE_REFERRER, Consent.to_all(frozenset({"county", "police"}), SHAREABLE))


def _consent_runs_out(machine: LifeMachine, case: Case) -> None:
    for basis in list(machine.model.consent_bases(case)):
        machine.redate(basis, "is over")
    case.touched_up = False
    machine.the_worker_looks(None)
