"""No request, however odd, is answered with 500, or with what the document of the API does not know."""

import os
import sys

from tests.web.calls import world
from tests.web.fuzzing import Fuzzer
from tests.web.test_matrix import in_follow_up, with_a_draft, with_a_log_request, with_what_can_be_ended

SEED, REQUESTS = int(os.environ.get("FUZZ_SEED", "1")), int(os.environ.get("FUZZ_REQUESTS", "300"))
"""The long form (`make fuzz`) sets both."""


async def test_no_odd_request_is_a_fault_of_ours(mailing_house):
    """In a house in which everything has happened, so that most references lead somewhere."""
    house = mailing_house
    tried = await with_a_log_request(house, await with_a_draft(house, await in_follow_up(house)))
    async with world(house, await with_what_can_be_ended(house, tried)) as lived_in:
        fuzzer = Fuzzer(lived_in, SEED)
        wrong = [found for _ in range(REQUESTS) if (found := await fuzzer.once())]
    sys.stderr.write(f"{dict(sorted(fuzzer.statuses.items()))}\n")
    assert wrong == []
    past = sum(count for status, count in fuzzer.statuses.items() if status not in {401, 403, 404})
    assert past > REQUESTS / 3, "it comes past the doors"
