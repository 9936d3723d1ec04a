"""What stands in the header: at most four places for each role, and what is rarely wanted in the person's own menu."""

from collections.abc import Sequence
from dataclasses import dataclass

from multiagency.kernel.actor import Role


@dataclass(frozen=True, slots=True)
class Destination:
    """A place in the header: its sentence is `nav.<name>`; what waits there for the reader is counted by that name.

    It is the current one on its own page, on those below it, and below `also`.
    """

    name: str
    path: str
    also: tuple[str, ...] = ()

    def holds(self, path: str) -> bool:
        """Tell whether a page stands below this place."""
        below = any(path == here or path.startswith(f"{here}/") for here in (self.path, *self.also))
        return path == "/" if self.path == "/" else below


HOME = Destination("home", "/")
_CASES, _ACTIONS = Destination("cases", "/cases", ("/break-glass",)), Destination("actions", "/actions")
_INVITATIONS = Destination(
    "meetings", "/invitations", ("/j", "/rooms", "/invitation", "/team-meetings", "/availability")
)
_MEETINGS = Destination("meetings", "/meetings", _INVITATIONS.also)
_SUPERVISION, _EMERGENCIES = Destination("supervision", "/supervision"), Destination("emergencies", "/emergencies")
_LOG, _RIGHTS = Destination("audit", "/audit"), Destination("rights", "/audit/rights")
_ALARMS, _WITNESSES = Destination("alarms", "/audit/alarms"), Destination("witnesses", "/audit/witnesses")
_REQUESTS, _DELETIONS = Destination("log_requests", "/log-requests"), Destination("deletions", "/deletions")
_NOTICES, _QUESTIONS = Destination("notices", "/notices"), Destination("consultations", "/consultations")
_TABLE = ((HOME, _CASES, _INVITATIONS, _ACTIONS), (_NOTICES, _QUESTIONS))

_OF_ROLES: dict[Role, tuple[tuple[Destination, ...], tuple[Destination, ...]]] = {
    Role.OFFICER: _TABLE,
    Role.SOCIAL_WORKER: _TABLE,
    Role.REPRESENTATIVE: _TABLE,
    Role.COORDINATOR: (
        (HOME, _CASES, _MEETINGS, _ACTIONS),
        (_NOTICES, _QUESTIONS, Destination("invitations", "/invitations"), _SUPERVISION, _EMERGENCIES),
    ),
    Role.SUPERVISOR: ((HOME, _SUPERVISION), (_NOTICES,)),
    Role.AUDITOR: ((HOME, _LOG, _ALARMS, _REQUESTS), (_NOTICES, _RIGHTS, _WITNESSES, _DELETIONS, _EMERGENCIES)),
    Role.ADMINISTRATOR: (
        (HOME, Destination("grounds", "/grounds"), Destination("retention", "/retention"), _ALARMS),
        (_NOTICES, Destination("pathways", "/pathways"), _WITNESSES, _DELETIONS),
    ),
    Role.INTAKE: ((HOME, Destination("inbox", "/inbox"), _REQUESTS), (_NOTICES,)),
}


def places(role: Role) -> tuple[Sequence[Destination], Sequence[Destination]]:
    """Return what stands in the header for a role, and in the menu."""
    return _OF_ROLES.get(role, ((), ()))


def current(role: Role, path: str) -> Destination | None:
    """Return the place that a page stands below; where two fit, the one whose path is longer."""
    fitting = [place for some in places(role) for place in some if place.holds(path)]
    return max(fitting, key=lambda place: len(place.path), default=None)


def leads_to_list(role: Role, path: str) -> bool:
    """Tell whether the header leads to this very page; the first page counts for itself."""
    return path != HOME.path and any(place.path == path for place in places(role)[0])
