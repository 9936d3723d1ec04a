"""What the planner knows: plans are shown to everybody, so answers must not stand in their estimates."""

import re

from multiagency.tables import metadata

MANY = """
    INSERT INTO assessment_answer (id, item, answer, changed_by_id, changed_at, assessment_id, case_id, controller_id,
        retention_class)
    SELECT gen_random_uuid(), 'x' || n, CASE WHEN n % 100 = 0 THEN 'no' ELSE 'yes' END, changed_by_id, changed_at,
        assessment_id, case_id, controller_id, retention_class
    FROM (SELECT * FROM assessment_answer LIMIT 1) a, generate_series(1, 20000) n
"""


async def estimates(house):
    """How many rows a plan expects of each answer, for somebody with the password and no session."""
    await house.fetch("ANALYZE assessment_answer")
    found = set()
    async with house.as_role("app") as connection:
        for answer in ("yes", "no", "unheard"):
            plan = await connection.fetch(f"EXPLAIN SELECT FROM assessment_answer WHERE answer = '{answer}'")
            found.add(tuple(re.findall(r"rows=(\d+)", plan[0][0])))
    return found


async def test_sec0046_a_plan_without_a_session_tells_no_answer(house):
    await house.submitted()
    await house.fetch(MANY)
    assert len(await estimates(house)) == 1
    await house.fetch("ALTER TABLE assessment_answer ALTER COLUMN answer SET STATISTICS -1")
    assert len(await estimates(house)) > 1, "with statistics it would"


async def test_sec0046_of_client_data_only_what_is_searched_by_an_index_has_statistics(house):
    shown = await house.fetch(
        "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 "
        "WHERE c.relname = ANY($1) AND NOT a.attisdropped AND a.attstattarget IS DISTINCT FROM 0 "
        "AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND a.attnum = ANY (i.indkey))",
        [name for name, table in metadata.tables.items() if "client_data" in table.info and name not in OPEN],
    )
    assert {row["relname"] for row in shown} == set()


OPEN = {"case_file"}
"""Asked by everything that lists cases, and by the rules themselves."""
