"""What is asked once, and when it is asked anew."""

from multiagency.kernel.database import CHANGING_FUNCTIONS

CHANGING = """
    SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND provolatile = 'v'
    AND prorettype <> 'trigger'::regtype AND has_function_privilege('multiagency_app', oid, 'EXECUTE')
"""


async def test_every_function_that_changes_something_is_declared(house):
    there = {row["proname"] for row in await house.fetch(CHANGING)} - {"present"}
    assert there <= CHANGING_FUNCTIONS
