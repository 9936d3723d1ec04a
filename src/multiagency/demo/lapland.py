"""A fictitious Lapland: its agencies, people and posts belong to nobody."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from multiagency.kernel.actor import Role
from multiagency.kernel.ids import uuid7
from multiagency.pathways.models import DatedParameter
from multiagency.pathways.service import pathway
from multiagency.people.models import Agency, AgencyKind, Credential, Person, Post, Team, TeamMember
from multiagency.people.passwords import hash_password

_START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Account:
    """A demo account: the login, whose post it is, and what the person does in the story."""

    login: str
    name: str
    agency: str
    role: Role
    title: str
    language: str = "fi"

    @property
    def email(self) -> str:
        """An address at a domain that is reserved for examples (RFC 2606)."""
        return f"{self.name.lower().replace(' ', '.').replace('ö', 'o').replace('ä', 'a')}@{self.agency}.example"


AGENCIES = {
    "police": (
        AgencyKind.POLICE,
        "Tunturi-Lapin poliisilaitos",
        "Polisinrättningen i Fjäll-Lappland",
        "Fell Lapland Police Department",
    ),
    "county": (
        AgencyKind.COUNTY,
        "Tunturi-Lapin hyvinvointialue",
        "Fjäll-Lapplands välfärdsområde",
        "Wellbeing Services County of Fell Lapland",
    ),
    "revontuli": (AgencyKind.MUNICIPALITY, "Revontulen kunta", "Revontuli kommun", "Municipality of Revontuli"),
    "kaamosjarvi": (
        AgencyKind.MUNICIPALITY,
        "Kaamosjärven kunta",
        "Kaamosjärvi kommun",
        "Municipality of Kaamosjärvi",
    ),
    "shelter": (AgencyKind.SHELTER, "Turvakoti Riekko", "Skyddshemmet Riekko", "Riekko Shelter"),
    "support": (
        AgencyKind.VICTIM_SUPPORT,
        "Uhripalvelu Tunturi-Lappi",
        "Brottsofferstödet i Fjäll-Lappland",
        "Victim Support Fell Lapland",
    ),
}

ACCOUNTS = (
    Account("officer", "Elina Suopunki", "police", Role.OFFICER, "rikoskonstaapeli"),
    Account("social-worker", "Marja Roivas", "county", Role.SOCIAL_WORKER, "sosiaalityöntekijä"),
    Account("coordinator", "Paula Kiveliö", "county", Role.COORDINATOR, "MARAK-koordinaattori"),
    Account("police", "Jouni Keropää", "police", Role.REPRESENTATIVE, "komisario"),
    Account("county", "Sanna Oinasjoki", "county", Role.REPRESENTATIVE, "johtava sosiaalityöntekijä"),
    Account("municipality", "Heikki Palojärvi", "revontuli", Role.REPRESENTATIVE, "koulukuraattori"),
    Account("municipality-2", "Anne Sieppijärvi", "kaamosjarvi", Role.REPRESENTATIVE, "nuorisotyönjohtaja", "sv"),
    Account("shelter", "Tiina Hettavaara", "shelter", Role.REPRESENTATIVE, "kriisityöntekijä"),
    Account("support", "Kari Outakoski", "support", Role.REPRESENTATIVE, "palveluohjaaja", "en"),
    Account("auditor", "Risto Vaarala", "county", Role.AUDITOR, "tietosuojavastaava"),
)
WORKER = Account("worker", "Ajastettu tehtävä", "county", Role.WORKER, "palvelutili")
TEAM = "MARAK Tunturi-Lappi"


async def populate(owner_url: str, demo_password: str, service_password: str) -> None:
    """Fill an empty database with agencies, people, the MARAK team, its parameters and the accounts."""
    engine = create_async_engine(owner_url)
    agencies = {key: _agency(*about) for key, about in AGENCIES.items()}
    team = Team(id=uuid7(), pathway="marak", name=TEAM, convener_id=agencies["county"].id)
    hashed = {"demo": hash_password(demo_password), "service": hash_password(service_password)}
    async with AsyncSession(engine) as session:
        session.add_all(agencies.values())
        await session.flush()
        session.add(team)
        for account in (*ACCOUNTS, WORKER):
            kind = "service" if account is WORKER else "demo"
            await _add_account(session, account, agencies[account.agency], team, kind, hashed[kind])
        for name, value in pathway("marak").parameters.items():
            session.add(DatedParameter(pathway="marak", name=name, value=value, valid_from=_START))
        await session.commit()
    await engine.dispose()


def _agency(kind: str, finnish: str, swedish: str, english: str) -> Agency:
    return Agency(id=uuid7(), kind=kind, name_fi=finnish, name_sv=swedish, name_en=english)


async def _add_account(
    session: AsyncSession, account: Account, agency: Agency, team: Team, kind: str, password: bytes
) -> None:
    person = Person(id=uuid7(), name=account.name)
    post = Post(
        id=uuid7(),
        person_id=person.id,
        agency_id=agency.id,
        role=account.role,
        title=account.title,
        email=account.email,
        language=account.language,
        valid_from=_START,
    )
    session.add_all([person, post])
    await session.flush()
    session.add(Credential(post_id=post.id, login=account.login, kind=kind, password_hash=password))
    if account.role is Role.COORDINATOR:
        session.add(TeamMember(team_id=team.id, post_id=post.id))
    await session.flush()
