"""A point of the main job at which many tests begin: told once over HTTP, copied for each of them."""

import asyncio
import secrets
from contextlib import asynccontextmanager, contextmanager

from multiagency.demo.person import PersonAtApi
from multiagency.embedded.provision import create_database, drop_database


class Stage:
    """A database in which the story went so far, with the sessions of its people, and what it calls its things."""

    def __init__(self, ground):
        self.ground, self.database = ground, f"stage_{secrets.token_hex(4)}"
        self.headers: dict[str, dict[str, str]] = {}
        self.called: dict[str, str] = {}

    async def tell(self, story, *logins):
        """Let the story happen; `logins` are signed in too, because signing in is dear on purpose."""
        async with self.ground.house() as house:
            self.called = await story(house)
            for login in logins:
                await house.person(login)
            self.headers = {login: dict(person._headers) for login, person in house._people.items()}
            await house.runtime.close()
            await create_database(self.ground.server, self.database, house.database)

    @asynccontextmanager
    async def house(self):
        """A house that stands where the story stopped."""
        async with self.ground.lived_in(template=self.database) as house:
            for login, headers in self.headers.items():
                house._people[login] = PersonAtApi(house.http, login)
                house._people[login]._headers.update(headers)
            yield house


@contextmanager
def told(ground, story, *logins):
    """A stage, told, and gone afterwards."""
    stage = Stage(ground)
    try:
        asyncio.run(stage.tell(story, *logins))
        yield stage
    finally:
        asyncio.run(drop_database(ground.server, stage.database))
