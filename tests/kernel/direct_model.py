"""Who sees which rows of which table, written apart from the policies: test_direct_sql.py holds the database to it."""

from multiagency.kernel.access import Capability, Kind

STEER = {Capability.REFER, Capability.COORDINATE}


def steers(held, case_id, kind=Kind.SHELL, capabilities=STEER):
    return any(h.case_id == case_id and kind in h.kinds and h.capability in capabilities for h in held)


def shows(kind):
    return lambda me, row: any(h.shows(kind, row["case_id"], row["controller_id"]) for h in me.held)


def table_of_meeting(me, row):
    return shows(Kind.MEETING)(me, row) or steers(me.held, row["case_id"], Kind.MEETING)


def knows_case(me, row):
    return row["case_id"] in {h.case_id for h in me.held}


def own_part(me, row):
    """What an agency disclosed, decided or shared: its own part, and not for whoever only receives."""
    return shows(Kind.DISCLOSURE)(me, row) and row["controller_id"] == me.agency and me.role != "intake"


def contact(me, row):
    """While an address is protected, only for who was named."""
    return shows(Kind.CONTACT)(me, row) and (row["case_id"] not in me.protected or row["case_id"] in me.cleared)


def drafting(me, row):
    return steers(me.held, row["case_id"], Kind.MINUTES, {Capability.COORDINATE})


def minutes(me, row):
    """Drafts are for those who coordinate; what was approved, for the agencies that received it."""
    received = row["approved_at"] is not None and (row["agenda_item_id"], me.agency) in me.received
    return shows(Kind.MINUTES)(me, row) and (received or drafting(me, row))


def part(me, row):
    """What one agency received: for those of it who sit there, and for who coordinates."""
    sits = row["controller_id"] == me.agency and row["agenda_item_id"] in me.sits
    return shows(Kind.MINUTES)(me, row) and ((row["approved_at"] is not None and sits) or drafting(me, row))


def addendum(me, row):
    """An addition reaches who reads what it adds to; one to a part, who reads that part."""
    item, approved = me.minutes[row["minutes_id"]]
    said_to = row["agency_id"] is None or (row["agency_id"] == me.agency and item in me.sits)
    received = said_to and approved and (item, me.agency) in me.received
    return shows(Kind.MINUTES)(me, row) and (received or drafting(me, row))


def instruction(me, row):
    return shows(Kind.MINUTES)(me, row) and (row["agency_id"] in {None, me.agency} or drafting(me, row))


def research(me, row):
    """Of one's own agency at one's own seat, of the whole table once the meeting has begun; coordinators see all."""
    coordinates = steers(me.held, row["case_id"], Kind.MEETING, {Capability.COORDINATE})
    here = row["ended_at"] is None and row["agenda_item_id"] in me.tables
    mine = here and (row["agency_id"] == me.agency or me.tables[row["agenda_item_id"]])
    return shows(Kind.MEETING)(me, row) and (coordinates or mine)


def research_answer(me, row):
    """An answer goes with its request until the minutes; beside one's own only where agencies' data is given."""
    request = row["request"]
    own = request["agency_id"] == me.agency and request["agenda_item_id"] in me.tables
    living = request["ended_at"] is None and request["undiscussed"]
    return living and research(me, request) and (own or shows(Kind.NARRATIVE)(me, row))


def notice(me, row):
    """One's own goes with the sight of the kind that it leads to; who oversees it, or coordinates, is told without."""
    sees = any(h.case_id == row["case_id"] and row["shows"] in h.kinds for h in me.held)
    coordinates = me.role == "coordinator" and row["shows"] == "shell" and row["stage"] != "draft"
    without = row["case_id"] is None or me.role in {"auditor", "supervisor"} or coordinates
    over = row["what"].startswith("research")  # the meeting of this story has begun
    return row["post_id"] == me.post and (sees or without) and not over


def overseen(model):
    return lambda me, row: me.role == "auditor" or model(me, row)


def key_without_case(me, row):
    """The log's keys are everybody's; that of a request for log data, an auditor's or the asked agency's intake's."""
    if not row["retention_class"].startswith("log-request-"):
        return True
    return me.role == "auditor" or (me.role == "intake" and row["controller_id"] == me.agency)


def shell(me, case_id):
    return any(h.case_id == case_id and Kind.SHELL in h.kinds for h in me.held)


MODELS = {
    "case_file": lambda me, row: shell(me, row["case_id"]),
    "case_link": lambda me, row: shell(me, row["case_id"]) and shell(me, row["other_case_id"]),
    "feedback": lambda me, row: row["controller_id"] == me.agency and shell(me, row["case_id"]),
    "safe_contact": contact,
    "earlier_part": lambda me, row: shows(Kind.NARRATIVE)(me, row) and row["controller_id"] == me.agency,
    "disclosure": own_part,
    "delivery": own_part,
    "child_welfare_decision": own_part,
    "ground_sharing": own_part,
    "receipt": lambda me, row: (
        shows(Kind.DISCLOSURE)(me, row) and row["controller_id"] == me.agency and me.role == "intake"
    ),
    "lookup_hash": lambda me, row: (
        row["controller_id"] == me.agency and steers(me.held, row["case_id"], Kind.IDENTITY, {Capability.REFER})
    ),
    "break_glass": lambda me, row: row["post_id"] == me.post or steers(me.held, row["case_id"]),
    "break_glass_review": lambda me, row: steers(me.held, row["case_id"]),
    "reassignment": overseen(lambda me, row: row["by_id"] == me.post or steers(me.held, row["case_id"])),
    "departure": overseen(lambda me, row: False),
    "bar_exemption": overseen(lambda me, row: steers(me.held, row["case_id"])),
    "address_clearance": overseen(lambda me, row: row["post_id"] == me.post or steers(me.held, row["case_id"])),
    "agenda_item": table_of_meeting,
    "seat": table_of_meeting,
    "seat_necessity": lambda me, row: steers(me.held, row["case_id"], Kind.MEETING),
    "room_presence": table_of_meeting,
    "minutes": minutes,
    "research_request": research,
    "research_answer": research_answer,
    "chair_note": lambda me, row: (
        shows(Kind.MINUTES)(me, row)
        and (row["author_id"] == me.post or steers(me.held, row["case_id"], Kind.MINUTES, {Capability.COORDINATE}))
    ),
    "minutes_part": part,
    "minutes_addendum": addendum,
    "minutes_instruction": instruction,
    "lawful_basis": overseen(
        lambda me, row: (row["agency_id"] == me.agency and knows_case(me, row)) or steers(me.held, row["case_id"])
    ),
    "access_grant": overseen(lambda me, row: row["post_id"] == me.post or steers(me.held, row["case_id"])),
    "access_bar": overseen(lambda me, row: steers(me.held, row["case_id"])),
    "data_key": lambda me, row: key_without_case(me, row) if row["case_id"] is None else knows_case(me, row),
    "audit_detail": lambda me, row: me.role == "auditor",  # of whom none is a party here: test_by_a_party.py
    "notice": notice,
}
"""Tables whose sight is not simply that of their kind."""
