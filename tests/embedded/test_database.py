"""Roles and passwords of the embedded server, also of one that an earlier version of the service has made."""

import json

from multiagency.embedded.provision import LOGINS, create_roles, generated_passwords


def test_a_password_that_a_newer_version_asks_for_is_added_and_the_others_stay(tmp_path):
    path = tmp_path / "secrets" / "passwords.json"
    first = generated_passwords(path)
    assert first.keys() >= set(LOGINS)
    path.write_text(json.dumps({name: value for name, value in first.items() if name != "keeper"}))
    later = generated_passwords(path)
    assert {name: value for name, value in later.items() if name != "keeper"} == {
        name: value for name, value in first.items() if name != "keeper"
    }
    assert later["keeper"] not in {"", first["keeper"]}
    assert path.stat().st_mode & 0o777 == 0o600


async def test_roles_that_are_there_are_left_and_get_their_passwords(house):
    """Run at every start of the demo."""
    await create_roles(house.ground.server, house.ground.passwords)
    async with house.as_role("keeper") as connection:
        assert await connection.fetchval("SELECT current_user") == "multiagency_keeper"
