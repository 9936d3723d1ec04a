"""Sight, said a second time: what each account sees, computed from plain tables without asking row security."""

from dataclasses import dataclass
from uuid import UUID

from multiagency.kernel.access import Capability, Kind

_LIVE = """
    SELECT g.case_id, g.capability, g.kinds AS granted, b.kinds AS lawful, b.reason, p.agency_id, p.id AS post_id
    FROM credential c JOIN post p ON p.id = c.post_id
    JOIN access_grant g ON g.post_id = p.id
    JOIN lawful_basis b ON b.id = g.basis_id
    WHERE c.login = $1 AND b.case_id = g.case_id AND b.agency_id = p.agency_id
      AND g.ended_at IS NULL AND now() >= g.valid_from AND now() < coalesce(g.valid_to, 'infinity')
      AND b.ended_at IS NULL AND now() >= b.valid_from AND now() < coalesce(b.valid_to, 'infinity')
      AND now() >= p.valid_from AND now() < coalesce(p.valid_to, 'infinity')
      AND (g.capability <> 'coordinate' OR EXISTS (
          SELECT FROM team_member m JOIN team t ON t.id = m.team_id JOIN case_file c ON c.team_id = t.id
          WHERE c.id = g.case_id AND m.post_id = p.id AND t.convener_id = p.agency_id AND p.role = 'coordinator'
            AND now() >= m.valid_from AND now() < coalesce(m.valid_to, 'infinity')))
      AND g.case_id NOT IN (
          SELECT x.case_id FROM access_bar x
          WHERE now() >= x.valid_from AND now() < coalesce(x.valid_to, 'infinity')
            AND (x.person_id = p.person_id
                 OR x.agency_id = p.agency_id AND (x.id, p.person_id) NOT IN (
                     SELECT e.bar_id, e.person_id FROM bar_exemption e)))
"""


@dataclass(frozen=True, slots=True)
class Held:
    """One living grant: of which kinds it gives sight, and whether only of the own agency's record."""

    case_id: UUID
    capability: Capability
    kinds: frozenset[Kind]
    own: bool
    agency_id: UUID
    post_id: UUID

    def shows(self, kind, case_id, controller_id):
        mine = not self.own or controller_id == self.agency_id
        return case_id == self.case_id and kind in self.kinds and mine


async def held_by(connection, login):
    """Return the living grants of a demo account, read as the superuser."""
    return [
        Held(
            row["case_id"],
            Capability(row["capability"]),
            frozenset(map(Kind, set(row["granted"]) & set(row["lawful"]))),
            row["reason"] == "own_record",
            row["agency_id"],
            row["post_id"],
        )
        for row in await connection.fetch(_LIVE, login)
    ]


async def sees_case(connection, login, reference):
    """Return what the account may do on the case, or None when the case is not in its sight."""
    case = await connection.fetchrow("SELECT id, controller_id FROM case_file WHERE reference = $1", reference)
    if case is None:
        return None
    held = [grant for grant in await held_by(connection, login) if grant.case_id == case["id"]]
    if not any(Kind.SHELL in grant.kinds for grant in held):
        return None
    return {grant.capability for grant in held}
