"""What other people's calendar programs make of our mails, in every order of arrival: libical and Thunderbird.

`make test` installs both (`tools/check.py`); where that is not possible it says that this file did not run.
"""

import asyncio
from itertools import permutations

import pytest
from tests.meetings import thunderbird
from tests.meetings.libical import Judge
from tests.meetings.test_calendars import HEIKKI, by_library, parts_of, story
from tests.meetings.test_golden import ATTENDEE, GOLDEN, OBJECTS

from multiagency.embedded.mailsink import MailSink

CANCELLATION, LAST = 3, 4
ORDERS = list(permutations(range(5)))
OVERTAKEN = {order for order in ORDERS if order.index(LAST) < order.index(CANCELLATION)}


@pytest.fixture(scope="module")
async def letters(ground, tmp_path_factory):
    """The calendar parts that one person was sent, in the order of sending, and when the meeting begins in truth."""
    with MailSink(tmp_path_factory.mktemp("mail")) as sink:
        async with ground.house(sink) as house:
            _, starts, _ = await story(house)
            sent = [parts_of(message) for message in house.sink.messages() if str(message["To"]) == HEIKKI]
            found = [parts["text/calendar"].get_payload(decode=True) for parts in sent if "text/calendar" in parts]
    assert [by_library(each).method for each in found] == ["REQUEST", "REQUEST", "REQUEST", "CANCEL", "REQUEST"]
    return found, f"{starts:%Y%m%dT%H%M%SZ}"


async def test_f6_libical_ends_in_the_true_state_in_every_order_of_arrival(letters):
    messages, _ = letters
    judge = Judge(HEIKKI)
    assert [judge.kind(each, before) for each, before in zip(messages[1:], messages, strict=False)] == [
        "REQUEST-RESCHEDULE",
        "REQUEST-RESCHEDULE",  # of two seats one is lost: the span is shorter
        "CANCEL-EVENT",
        "REQUEST-UPDATE",
    ]
    for order in ORDERS:
        told = [messages[at] for at in order]
        assert judge.end([*told, *told[:2]]) == messages[LAST], order


async def test_f6_thunderbird_ends_in_the_true_state_where_no_later_invitation_overtakes_a_cancellation(
    letters, tmp_path
):
    """It compares the SEQUENCE of requests, and offers to delete the entry for any cancellation, however old."""
    messages, starts = letters
    ends = await asyncio.to_thread(thunderbird.received, tmp_path, messages, ORDERS, HEIKKI)
    wrong = {order for order, entries in zip(ORDERS, ends, strict=True) if entries != [[starts, LAST]]}
    assert wrong <= OVERTAKEN


def test_libical_reads_the_golden_files_as_what_they_are():
    told = [(GOLDEN / name).read_bytes() for name in OBJECTS]
    judge = Judge(ATTENDEE)
    kinds = [judge.kind(new, old) for new, old in zip(told[1:], told, strict=False)]
    assert kinds == ["REQUEST-UPDATE", "REQUEST-RESCHEDULE", "CANCEL-EVENT"]
