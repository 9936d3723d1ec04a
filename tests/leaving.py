"""People come and go: posts and memberships of a team begin and end, as an administrator's migration would do it."""

MEMBER = "post_id = (SELECT post_id FROM credential WHERE login = $1)"


async def leaves_team(house, login):
    """The post coordinates the team no longer."""
    await house.fetch(f"UPDATE team_member SET valid_to = statement_timestamp() WHERE {MEMBER}", login)


async def never_joined(house, login):
    """The post has not been of the team so far."""
    await house.fetch(f"DELETE FROM team_member WHERE {MEMBER}", login)


async def joins_team(house, login):
    """The post is a member of the team from now on."""
    await house.fetch(
        "INSERT INTO team_member (team_id, post_id, valid_from) "
        "SELECT t.id, c.post_id, statement_timestamp() FROM team t, credential c WHERE c.login = $1",
        login,
    )


async def post_ends(house, login):
    """The post is over: whoever held it is somebody else's colleague now."""
    await house.fetch(
        "UPDATE post SET valid_to = statement_timestamp() WHERE id = (SELECT post_id FROM credential WHERE login = $1)",
        login,
    )


async def post_begins_again(house, login):
    """The post holds again, without an end."""
    await house.fetch(
        "UPDATE post SET valid_to = NULL WHERE id = (SELECT post_id FROM credential WHERE login = $1)", login
    )


async def told(house, login, what):
    """Return how often an account was told something."""
    rows = await house.fetch(
        "SELECT n.place FROM notice n JOIN credential c USING (post_id) WHERE c.login = $1 AND n.what = $2", login, what
    )
    return [row["place"] for row in rows]
