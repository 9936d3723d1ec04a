"""The teams of the fictitious Lapland: one for each model of work."""

from dataclasses import dataclass

from multiagency.pathways.definition import codes
from multiagency.pathways.service import pathway


@dataclass(frozen=True, slots=True)
class DemoTeam:
    """A team of the demo: its model of work, who convenes it, the logins that coordinate it, its own numbers."""

    pathway: str
    name: str
    convener: str
    contact: str
    coordinators: tuple[str, ...]
    numbers: tuple[tuple[str, int], ...] = ()
    members: tuple[str, ...] = ()
    """The logins that belong to it without coordinating it, and are on duty for it."""


TEAMS = (
    DemoTeam(
        "marak",
        "MARAK Tunturi-Lappi",
        "county",
        "040 000 0000",
        ("coordinator", "coordinator-2"),
        members=("police", "county", "municipality", "shelter", "support"),
    ),
    DemoTeam(
        "hss", "HSS Tunturi-Lappi", "county", "040 000 0004", ("hss-coordinator",), numbers=(("period_months", 3),)
    ),
    DemoTeam(
        "ankkuri",
        "Ankkuri Tunturi-Lappi",
        "county",
        "040 000 0001",
        ("ankkuri-coordinator",),
        members=("police", "county", "youth-worker"),
    ),
    DemoTeam("riko", "RIKO Tunturi-Lappi", "county", "040 000 0002", ("ankkuri-coordinator",)),
    DemoTeam("wellbeing", "Hyvinvointilähete Revontuli", "revontuli", "040 000 0003", ("wellbeing-coordinator",)),
)


def teams_to_try() -> list[DemoTeam]:
    """Return a team for each model of work that the demo has none for: one that somebody tries, from elsewhere."""
    known = {team.pathway for team in TEAMS}
    names = {code: str(pathway(code).words["fi"]["name"]) for code in codes() if code not in known}
    return [DemoTeam(code, name, "county", "040 000 0000", ("coordinator",)) for code, name in names.items()]
