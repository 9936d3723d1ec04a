"""What the planner knows: plans are shown to everybody, so answers must not stand in their estimates."""

import pytest

ASKED = {
    "assessment_answer": ("answer", ("yes", "no", "unanswered")),
    "assessment": ("judged_high", ("true", "false")),
}


@pytest.mark.parametrize("table", ASKED)
async def test_sec0046_a_plan_without_a_session_tells_no_answer(house, table):
    await house.submitted()
    await house.fetch(f"ANALYZE {table}")
    column, values = ASKED[table]
    async with house.as_role("app") as connection:
        plans = {
            "\n".join(
                row[0] for row in await connection.fetch(f"EXPLAIN SELECT FROM {table} WHERE {column} = '{value}'")
            )
            .replace(f"'{value}'", "?")
            .replace(f"NOT {column}", column)
            for value in values
        }
    assert len(plans) == 1, plans
