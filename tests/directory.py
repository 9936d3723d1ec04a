"""Who is who in the template: the same in every copy, so that no test need ask the service where that is not the point.

In the service's own order: agencies and people by Finnish name.
"""

from dataclasses import dataclass

import asyncpg

_AGENCIES = "SELECT name_en AS name, id FROM agency ORDER BY name_fi"
_POSTS = (
    "SELECT person.name, post.id FROM post JOIN person ON person.id = person_id JOIN agency ON agency.id = agency_id "
    "WHERE role IN ('officer', 'social_worker', 'representative', 'coordinator', 'supervisor') "
    "ORDER BY name_fi, person.name"
)


@dataclass(frozen=True, slots=True)
class Directory:
    """Ids by name, as the API gives them."""

    team: str
    agencies: dict[str, str]
    posts: dict[str, str]

    @classmethod
    async def read(cls, superuser: asyncpg.Connection) -> "Directory":
        agencies, posts = [
            {row["name"]: str(row["id"]) for row in await superuser.fetch(query)} for query in (_AGENCIES, _POSTS)
        ]
        return cls(str(await superuser.fetchval("SELECT id FROM team")), agencies, posts)

    def agency(self, part_of_name: str) -> str:
        return next(found for name, found in self.agencies.items() if part_of_name in name)

    def post(self, name: str) -> str:
        return next(found for whole, found in self.posts.items() if whole.startswith(name))
