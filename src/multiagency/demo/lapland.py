"""A fictitious Lapland: its agencies, people and posts belong to nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from multiagency.demo.teams import TEAMS, DemoTeam
from multiagency.kernel.actor import Role
from multiagency.kernel.clock import now
from multiagency.kernel.ids import uuid7
from multiagency.kernel.lookup import Looked, Lookup
from multiagency.meetings.models import DutyShift
from multiagency.pathways.definition import codes
from multiagency.pathways.models import DatedParameter
from multiagency.pathways.service import LAW, law_says, pathway
from multiagency.people.models import Agency, AgencyKind, Credential, Office, Person, Post, Team, TeamMember
from multiagency.people.passwords import COST, hash_password

_START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A demo account: the login, whose post it is, and what the person does in the story."""

    login: str
    name: str
    agency: str
    role: Role
    title: str
    language: str = "fi"
    identity_code: str = ""
    office: Office | None = None

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
    DemoAccount(
        "officer",
        "Elina Suopunki",
        "police",
        Role.OFFICER,
        "rikoskonstaapeli",
        identity_code="010170-901K",
        office=Office.POLICE,
    ),
    DemoAccount(
        "social-worker",
        "Marja Roivas",
        "county",
        Role.SOCIAL_WORKER,
        "sosiaalityöntekijä",
        identity_code="020271-902A",
        office=Office.SOCIAL_WORKER,
    ),
    DemoAccount(
        "coordinator",
        "Paula Kiveliö",
        "county",
        Role.COORDINATOR,
        "MARAK-koordinaattori",
        identity_code="030372-9032",
        office=Office.SOCIAL_WORKER,
    ),
    DemoAccount(
        "police",
        "Jouni Keropää",
        "police",
        Role.REPRESENTATIVE,
        "komisario",
        identity_code="040473-904T",
        office=Office.POLICE,
    ),
    DemoAccount(
        "county",
        "Sanna Oinasjoki",
        "county",
        Role.REPRESENTATIVE,
        "johtava sosiaalityöntekijä",
        identity_code="050574-905J",
        office=Office.SOCIAL_WORKER,
    ),
    DemoAccount(
        "municipality",
        "Heikki Palojärvi",
        "revontuli",
        Role.REPRESENTATIVE,
        "koulukuraattori",
        identity_code="060675-9069",
        office=Office.TEACHER,
    ),
    DemoAccount(
        "municipality-2",
        "Anne Sieppijärvi",
        "kaamosjarvi",
        Role.REPRESENTATIVE,
        "nuorisotyönjohtaja",
        "sv",
        identity_code="070776-9071",
        office=Office.YOUTH_WORKER,
    ),
    DemoAccount(
        "shelter",
        "Tiina Hettavaara",
        "shelter",
        Role.REPRESENTATIVE,
        "kriisityöntekijä",
        identity_code="080877-908S",
        office=Office.SHELTER,
    ),
    DemoAccount(
        "support",
        "Kari Outakoski",
        "support",
        Role.REPRESENTATIVE,
        "palveluohjaaja",
        "en",
        identity_code="090978-909H",
        office=Office.VICTIM_SUPPORT,
    ),
    DemoAccount("auditor", "Risto Vaarala", "county", Role.AUDITOR, "tietosuojavastaava", identity_code="101079-9108"),
    DemoAccount(
        "coordinator-2",
        "Outi Muotkavaara",
        "county",
        Role.COORDINATOR,
        "MARAK-varakoordinaattori",
        identity_code="111180-9110",
        office=Office.SOCIAL_WORKER,
    ),
    DemoAccount(
        "officer-2",
        "Aslak Jeesiö",
        "police",
        Role.OFFICER,
        "vanhempi konstaapeli",
        identity_code="121281-912R",
        office=Office.POLICE,
    ),
    DemoAccount(
        "child-welfare",
        "Raija Kaukonen",
        "county",
        Role.INTAKE,
        "lastensuojelun vastaanotto",
        identity_code="130182-913T",
        office=Office.CHILD_WELFARE_WORKER,
    ),
    DemoAccount(
        "police-intake",
        "Veikko Särestö",
        "police",
        Role.INTAKE,
        "tilannekeskuksen vastaanotto",
        identity_code="140283-914J",
        office=Office.POLICE,
    ),
    DemoAccount(
        "supervisor",
        "Aune Kelottijärvi",
        "police",
        Role.SUPERVISOR,
        "ylikomisario",
        identity_code="160485-9161",
        office=Office.POLICE,
    ),
    DemoAccount(
        "supervisor-2",
        "Eero Pokka",
        "county",
        Role.SUPERVISOR,
        "sosiaalipalvelujen päällikkö",
        identity_code="170586-917S",
        office=Office.SOCIAL_WORKER,
    ),
    DemoAccount(
        "administrator", "Leena Ylläsjärvi", "county", Role.ADMINISTRATOR, "pääkäyttäjä", identity_code="150384-9159"
    ),
    DemoAccount(
        "ankkuri-coordinator",
        "Ritva Kukasjärvi",
        "county",
        Role.COORDINATOR,
        "Ankkuri-koordinaattori",
        identity_code="180687-920K",
        office=Office.SOCIAL_WORKER,
    ),
    DemoAccount(
        "hss-coordinator",
        "Petri Ounasvaara",
        "county",
        Role.COORDINATOR,
        "päihdepalvelujen koordinaattori",
        identity_code="190788-921A",
    ),
    DemoAccount(
        "wellbeing-coordinator",
        "Helmi Levijärvi",
        "revontuli",
        Role.COORDINATOR,
        "koordinoiva linkkihenkilö",
        identity_code="200889-9222",
    ),
    DemoAccount(
        "nurse",
        "Kaisa Vuomajärvi",
        "county",
        Role.REPRESENTATIVE,
        "psykiatrinen sairaanhoitaja",
        identity_code="220290-923T",
        office=Office.NURSE,
    ),
    DemoAccount(
        "youth-worker",
        "Niko Ranttila",
        "revontuli",
        Role.REPRESENTATIVE,
        "etsivä nuorisotyöntekijä",
        identity_code="230391-924J",
        office=Office.YOUTH_WORKER,
    ),
    DemoAccount(
        "link-person",
        "Maarit Saarenpää",
        "revontuli",
        Role.SOCIAL_WORKER,
        "linkkihenkilö",
        identity_code="240492-9259",
    ),
    DemoAccount(
        "ankkuri-officer",
        "Tuomas Lompolo",
        "police",
        Role.OFFICER,
        "ankkuripoliisi",
        identity_code="250593-9261",
        office=Office.POLICE,
    ),
)
WORKER = DemoAccount("worker", "Ajastettu tehtävä", "county", Role.WORKER, "palvelutili")
KEEPER = DemoAccount("keeper", "Tallenteiden ylläpito", "county", Role.KEEPER, "palvelutili")


async def populate(
    owner_url: str,
    demo_password: str,
    service_password: str,
    lookup: Lookup,
    cost: int = COST,
    teams: Sequence[DemoTeam] = TEAMS,
    *,
    on_duty: bool = False,
) -> None:
    """Fill an empty database with agencies, people, these teams, the numbers of all models and the accounts.

    `on_duty` lets the members of teams belong to them and be on duty for a month, as in the demo. `cost` is that of the
    accounts' passwords; less is for tests that sign in thousands of times.
    """
    engine = create_async_engine(owner_url)
    agencies = {key: _agency(*about) for key, about in AGENCIES.items()}
    hashed = {"demo": hash_password(demo_password, cost), "service": hash_password(service_password, cost)}
    async with AsyncSession(engine) as session:
        session.add_all(agencies.values())
        await session.flush()
        posts = {}
        for account in (*ACCOUNTS, WORKER, KEEPER):
            kind = "demo" if account in ACCOUNTS else "service"
            posts[account.login] = await _add_account(
                session, account, agencies[account.agency], kind, hashed[kind], lookup
            )
        for team in teams:
            team_id = await add_team(
                session, team, agencies[team.convener].id, [posts[login] for login in team.coordinators]
            )
            if on_duty:
                _put_on_duty(session, team_id, [posts[login] for login in team.members])
        for code, numbers in {**{code: pathway(code).parameters for code in codes()}, LAW: law_says()}.items():
            for name, value in numbers.items():
                session.add(DatedParameter(pathway=code, name=name, value=value, valid_from=_START))
        await session.commit()
    await engine.dispose()


async def add_team(session: AsyncSession, about: DemoTeam, convener_id: UUID, coordinators: Sequence[UUID]) -> UUID:
    """Add a team with those who coordinate it, and return its id."""
    team = Team(id=uuid7(), pathway=about.pathway, name=about.name, convener_id=convener_id, contact=about.contact)
    session.add(team)
    await session.flush()
    session.add_all(TeamMember(team_id=team.id, post_id=post_id, valid_from=_START) for post_id in coordinators)
    session.add_all(
        DatedParameter(pathway=team.pathway, name=name, team_id=team.id, value=value, valid_from=_START)
        for name, value in about.numbers
    )
    await session.flush()
    return team.id


def _put_on_duty(session: AsyncSession, team_id: UUID, posts: Sequence[UUID]) -> None:
    times = {"starts_at": now(), "ends_at": now() + timedelta(days=30)}
    session.add_all(TeamMember(team_id=team_id, post_id=post_id, valid_from=_START) for post_id in posts)
    session.add_all(DutyShift(id=uuid7(), team_id=team_id, post_id=post_id, **times) for post_id in posts)


def _agency(kind: str, finnish: str, swedish: str, english: str) -> Agency:
    return Agency(id=uuid7(), kind=kind, name_fi=finnish, name_sv=swedish, name_en=english)


async def _add_account(
    session: AsyncSession, account: DemoAccount, agency: Agency, kind: str, password: bytes, lookup: Lookup
) -> UUID:
    known = lookup.hash(Looked.IDENTITY_CODE, account.identity_code) if account.identity_code else None
    person = Person(id=uuid7(), name=account.name, identity_hash=known)
    post = Post(
        id=uuid7(),
        person_id=person.id,
        agency_id=agency.id,
        role=account.role,
        office=account.office,
        title=account.title,
        email=account.email,
        language=account.language,
        valid_from=_START,
    )
    session.add_all([person, post])
    await session.flush()
    session.add(Credential(post_id=post.id, login=account.login, kind=kind, password_hash=password))
    await session.flush()
    return post.id
