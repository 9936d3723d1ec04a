"""Teams of the other models of work in a house that knows only MARAK, and models that only a test knows."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from multiagency.demo.lapland import ACCOUNTS, AGENCIES
from multiagency.demo.teams import TEAMS
from multiagency.pathways.definition import definition, directories, directory_of, versions
from multiagency.pathways.service import know

_SINCE = datetime(2026, 1, 1, tzinfo=UTC)


async def add_team(house, code: str) -> str:
    """Add the demo's team of a model, with those who coordinate it; return its id."""
    about = next(team for team in TEAMS if team.pathway == code)
    names = [account.name for account in ACCOUNTS if account.login in about.coordinators]
    [row] = await house.fetch(
        "INSERT INTO team (id, pathway, name, convener_id, contact) "
        "SELECT gen_random_uuid(), $1, $2, id, $3 FROM agency WHERE name_fi = $4 RETURNING id",
        about.pathway,
        about.name,
        about.contact,
        AGENCIES[about.convener][1],
    )
    await house.fetch(
        "INSERT INTO team_member (team_id, post_id, valid_from) "
        "SELECT $1, p.id, $2 FROM post p JOIN person n ON n.id = p.person_id WHERE n.name = ANY ($3)",
        row["id"],
        _SINCE,
        names,
    )
    return str(row["id"])


async def wellbeing_consent(house) -> dict:
    """What the client of a wellbeing referral says: yes to the municipality that convenes it, and to nobody else."""
    asked = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    given = {"answer": "given", "purpose": "wellbeing_referral", "asked_at": asked, "how": "spoken", "language": "fi"}
    kinds = ["identity", "contact", "narrative", "risk"]
    return given | {"recipients": [await house.agency("Revontuli")], "kinds": kinds}


def read_anew():
    """Forget what was read of definitions: a test has written another version."""
    for read in (definition, directory_of, versions):
        read.cache_clear()


@contextmanager
def models_from(directory):
    """The models of this directory, known for as long as the test runs."""
    know(directory)
    try:
        yield directory
    finally:
        directories.remove(directory)
        read_anew()


async def team_of(house, code: str) -> str:
    """Add a team of a model that works as the house's own does, with the same people; return its id."""
    [row] = await house.fetch(
        "INSERT INTO team (id, pathway, name, convener_id, contact) "
        "SELECT gen_random_uuid(), $1, 'Työryhmä', convener_id, contact FROM team WHERE pathway = 'marak' RETURNING id",
        code,
    )
    await house.fetch(
        "INSERT INTO team_member (team_id, post_id, valid_from) "
        "SELECT $1, m.post_id, m.valid_from FROM team_member m "
        "JOIN team t ON t.id = m.team_id WHERE t.pathway = 'marak'",
        row["id"],
    )
    return str(row["id"])
