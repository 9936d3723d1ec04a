"""The ways around the front door. Each by name: what is out of sight is not told there either.

Lists in capitals say what the service has of a kind; a test beside each finds what is missing in it. Who adds a route
of that kind adds a line and, where it says so, what to try.
"""

import inspect
import re
from itertools import product

from fastapi import FastAPI, Response
from fastapi.routing import iter_route_contexts
from sqlalchemy import event

from multiagency.demo import story
from multiagency.kernel.access import Act
from multiagency.kernel.actor import Door, Presented
from multiagency.kernel.policy import RULES
from multiagency.people import service_notices as notices
from multiagency.people.models import Post
from tests.consultations.asking import asked
from tests.filling import fill
from tests.oversight.questions import LIVE_QUESTIONS, LOG_QUESTIONS
from tests.pages import at_pages, without_tokens
from tests.safeguards.test_break_glass import break_glass
from tests.web.calls import BODIES, NOBODYS, deputy, routes_of, world
from tests.web.test_matrix import ONE_OF_EACH, ROLE, in_follow_up

OUTSIDERS = [*(login for login in ONE_OF_EACH if login not in {"auditor", "supervisor"}), "supervisor-2"]
"""One of each role without sight of a draft of officer-2; its supervisor and the auditor have doors of their own."""
TEXTS = sorted(text for text in map(str, story.SECRETS) if text not in {"child", "person_using_violence"})

QUERIES = {
    **dict.fromkeys(("GET /cases/new team", "GET /cases/{reference}/going-on team"), "a team, which everybody reads"),
    **dict.fromkeys(("GET /cases/new consultation", "GET /cases/{reference}/people/new role"), "a form of one's own"),
    "GET /cases/{reference}/checklist saved": "names a heading of a form of one's own case",
    **{f"GET /cases/{{reference}}/minutes{at} version": "test_history_ends_with_sight" for at in ("", "/document")},
    **dict.fromkeys(("GET /sign-in next", "POST /language next"), "a path of ours"),
    **{f"GET /api/v1/audit/bundle {name}": "places in the log, which the auditor has whole" for name in ("from", "to")},
    **{f"GET / {name}": "how one's own first page is shown: tests/people/test_home.py" for name in ("all", "order")},
    "GET /api/v1/audit/bundle quorum": "how many witnesses have co-signed",
    "GET /log/update old": "a size of the log: answered with hashes",
    **LOG_QUESTIONS | LIVE_QUESTIONS,
    **{f"{verb} /supervision/handing-on piece": "one of that list, else 404" for verb in ("GET", "POST")},
    **dict.fromkeys(
        (
            "GET /cases/{reference}/consent text",
            "GET /cases/{reference}/consent/form.pdf giver",
            "GET /cases/{reference}/consent/form.pdf language",
            "GET /cases/{reference}/disclosures/new/ground recipient",
            "GET /cases/{reference}/disclosures/new/details recipient",
            "GET /cases/{reference}/disclosures/new/details ground",
            "GET /meetings/{meeting}/cases/{reference}/minutes/instruction agency",
        ),
        "a choice in a form of one's own case: tests/consent, tests/disclosures",
    ),
}
_LISTS = ("cases", "meetings", "notices", "actions", "inbox", "log-requests", "supervision", "consultations")
QUERIES |= {f"GET {at}/{what} start": "a place in a list: test_lists.py" for what in _LISTS for at in ("", "/api/v1")}
QUERIES["GET /duty/{team} start"] = "a place in a roster, which everybody reads"
QUERIES["GET /team-meetings start"] = QUERIES["GET /meetings start"]
"""Everything that can be searched or asked for behind a question mark, and why it tells nothing."""
DOCUMENTS: dict[str, str] = {
    "GET /api/v1/audit/bundle": "test_export_and_entries_tell_no_case",
    "GET /audit/export.csv": "test_export_and_entries_tell_no_case",
    "GET /audit/export.pdf": "tests/oversight/test_export.py",
    "GET /cases/{reference}/consent/form.pdf": "tests/consent/test_paper.py",
    "GET /cases/{reference}/consent/scan/{scan}": "tests/consent/test_paper.py",
    "GET /cases/{reference}/minutes/document": "tests/meetings/test_minutes_parts.py",
    **{
        f"GET {at}/cases/{{reference}}/disclosures/{{disclosure}}/document": "tests/disclosures"
        for at in ("", "/api/v1")
    },
    "GET /api/v1/log-requests/{log_request}/answer": "tests/log_requests/test_requests.py",
    "GET /log-requests/{log_request}/answer.pdf": "tests/log_requests/test_requests.py",
}
"""Routes that answer with a file (PDF, scan, export), tried by every outsider; the value names what else tries them."""
OWN_WORDS = {"POST /child-welfare/notification", "POST /api/v1/child-welfare/notification"}
"""Files that hold only what their reader has just typed: tests/disclosures/test_paper.py."""
UPLOADS = {"POST /cases/{reference}/consent/scan"}  # Routes that take a file: tests/consent/test_paper.py.
FOREIGN = {"party", "action", "meeting", "address", "room", "disclosure", "receipt", "alias", "bar", "order", "entry"}
FOREIGN |= {"log_request", "clarification", "deputy", "attachment", "opening", "consultation", "team_meeting"}
"""Parameters beside the case, whose foreign values are tried under one's own case."""
OPEN_PARAMETERS = {"post", "code", "alarm", "witness", "name"}
"""Of directory and register of grounds, which everybody signed in may read; alarms and witnesses name no case."""
FOR_MONITORING = {"GET /metrics", "GET /pathways"}
"""Count what all do, for the own network (assurance/test_alarms.py); cases, for administrators (pathways/)."""
TELLS_THE_MINUTE = {"GET /kit"}
"""Shows components with this minute in them, and nothing of any case."""


def all_routes(app):
    for context in iter_route_contexts(app.routes):
        for method in context.methods:
            yield f"{method} {context.path}", context


def queries_of(app):
    return {f"{key} {field.alias}" for key, context in all_routes(app) for field in queries_in(context.dependant)}


def queries_in(dependant):
    return [*dependant.query_params, *(field for inner in dependant.dependencies for field in queries_in(inner))]


def documents_of(app):
    """Routes whose source names a media type of a file."""
    pattern = re.compile(r"application/(?!json\b)|make_pdf|image/|octet-stream|FileResponse|StreamingResponse|_pdf\(")
    found = {key for key, context in all_routes(app) if pattern.search(inspect.getsource(context.endpoint))}
    named = re.compile(r"\.(pdf|csv|ics|jsonl?)$|/pdf$")
    return found | {key for key, context in all_routes(app) if named.search(context.path)}


def uploads_of(app):
    upload = re.compile(r"UploadFile|File\(|attach\(")
    return {key for key, context in all_routes(app) if upload.search(inspect.getsource(context.endpoint))}


def test_every_question_is_known(house):
    assert queries_of(house.app) == set(QUERIES)


def test_every_document_and_upload_is_known(house):
    assert documents_of(house.app) == set(DOCUMENTS) | OWN_WORDS
    assert uploads_of(house.app) == UPLOADS


def test_an_unlisted_document_is_found():
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

    @app.get("/cases/{reference}/letter")
    async def letter() -> Response:
        return Response(b"", media_type="application/pdf")

    @app.get("/cases/{reference}/consent.pdf")
    async def consent() -> Response:
        return Response(b"")

    assert documents_of(app) == {"GET /cases/{reference}/letter", "GET /cases/{reference}/consent.pdf"}


async def hidden_case(house):
    """A draft with everything in it that nobody but officer-2 sees."""
    case = await house.filled_draft("officer-2")
    await (await house.person("officer-2")).post(f"/cases/{case}/parties", story.CHILD, 201)
    return case


async def everything_listed(house, login):
    """What an account gets from every route without a parameter: lists, counts, the first page."""
    headers, found = (await house.person(login))._headers, {}
    for key, context in all_routes(house.app):
        if key.startswith("GET ") and "{" not in key and key not in FOR_MONITORING | TELLS_THE_MINUTE:
            answer = await house.http.get(context.path, headers=headers)
            found[key] = (answer.status_code, without_tokens(answer.text))
    return found


async def test_no_list_and_no_count_changes_with_a_hidden_case(house):
    """Byte for byte the same before and after: no entry, no number, no order tells that there is one more."""
    before = {login: await everything_listed(house, login) for login in OUTSIDERS}
    case = await hidden_case(house)
    for login in OUTSIDERS:
        after = await everything_listed(house, login)
        assert after == before[login], login
        assert not any(text in answer for _, answer in after.values() for text in (case, *TEXTS))
    owner = await everything_listed(house, "officer-2")
    assert case in owner["GET /cases"][1]
    assert case in owner["GET /api/v1/cases"][1]


async def test_documents_answer_nobody_outside(ground, sink):
    """Every listed file: 403 or 404 for every role without sight; the log's bundle is the auditor's alone."""
    async with ground.house(sink) as house:
        tried = await in_follow_up(house, "officer-2") | {"reference": await hidden_case(house)}
        tried["scan"] = NOBODYS["party"]()
        for key in DOCUMENTS:
            method, path = key.split()
            for login in OUTSIDERS:
                headers = (await house.person(login))._headers
                answer = await house.http.request(method, path.format_map(tried), headers=headers)
                assert answer.status_code in {403, 404}, (login, key)


async def test_export_and_entries_tell_no_case(ground, sink):
    async with ground.house(sink) as house:
        tried = await in_follow_up(house)
        await break_glass(house, tried["reference"])  # a pattern is hit at every time of day
        auditor, pages = await house.person("auditor"), await at_pages(house, "auditor")
        told = [
            (await auditor.raw("/audit/bundle")).decode(),
            (await auditor.raw("/audit/entries")).decode(),
            (await auditor.raw(f"/audit/entries?case={tried['reference']}")).decode(),
            (await pages.get("/audit")).text,
            (await pages.get(f"/audit?case={tried['reference']}")).text,
            (await auditor.raw("/audit/patterns")).decode(),
            *[(await pages.get(f"/audit/patterns/{rule}")).text for rule in ("no_seat", "own_relatives")],
            (await pages.get("/audit/export.csv")).text,
        ]
        assert all(len(text) > 200 for text in told)
        assert [text for text in TEXTS if any(text in answer for answer in told)] == []
        assert tried["reference"] not in told[0], "the bundle goes to strangers, who need no reference"
        assert tried["address"] not in "".join(told)


async def test_notices_and_mails_tell_that_something_waits_and_nothing_else(mailing_house):
    """Subjects, headers, texts and calendar entries, decoded; and the notice as the person reads it."""
    house = mailing_house
    tried = await in_follow_up(house)
    secret = (await house.person("coordinator"))._headers["cookie"].split("=", 1)[1]
    async with house.runtime.unit_of_work(Presented(secret), Act.RUN_MEETING) as work:
        post = await work.session.get_one(Post, await house_post(house))
        await notices.tell(work, [post], "work_handed_on", "/actions")
    await house.notify()
    bar = {"post": await house.post_of("Heikki"), "reason": "must_never_be_told"}
    await (await house.person("coordinator")).post(f"/cases/{tried['reference']}/bars", bar)
    await house.deliver()
    messages = house.sink.messages()
    assert len(messages) > 3
    for mail in messages:
        parts = b"\n".join(part.get_payload(decode=True) or b"" for part in mail.walk())
        text = "\n".join([*map(str, mail.values()), parts.decode(), mail.as_string()])
        assert not any(word in text for word in (*TEXTS, tried["reference"], "MARAK", "must_never", *agencies()))
    calendars = [part for mail in messages for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert len(calendars) == 2
    assert all("CLASS:PRIVATE" in part.get_payload(decode=True).decode() for part in calendars)
    seen = (await (await house.person("municipality")).raw("/notices")).decode()
    assert "work_handed_on" in seen
    assert not any(word in seen for word in (*TEXTS, tried["reference"]))


def agencies():
    return ("poliisi", "Polis", "Police", "Turvakoti", "Uhripalvelu")


async def house_post(house):
    found = await house.fetch(
        "SELECT p.id FROM post p JOIN credential c ON c.post_id = p.id WHERE login = 'municipality'"
    )
    return found[0]["id"]


MARK = "Aili Esimerkki 030594W902A"


def marked(value):
    """The same body with every text replaced by one that must not come back."""
    if isinstance(value, dict):
        return {key: marked(inner) for key, inner in value.items()} | {"unknown": MARK}
    if isinstance(value, list):
        return [marked(inner) for inner in value]
    return MARK if isinstance(value, str) else value


async def test_no_error_repeats_what_was_sent_or_shows_what_is_there(ground, sink, caplog):
    """Every route of the API, called wrongly by everybody: 4xx and 5xx name fields and states, never contents."""
    wrong, statuses = [], set()
    async with ground.house(sink) as house:
        tried = await in_follow_up(house)
        async with world(house, tried) as there:
            for login in ("officer", "coordinator", "municipality", "shelter", "auditor"):
                headers = (await house.person(login))._headers
                for route in [r for r in routes_of(house.app) if r.key in BODIES and r.act is not Act.SIGN_IN]:
                    body = await BODIES[route.key](there, login)
                    bodies = [{"json": marked(body.get("json", {}))}, {"content": f"{{{MARK}"}, {"json": [MARK]}]
                    for bad in bodies:
                        path = route.path.format_map(tried)
                        answer = await house.http.request(route.method, path, headers=headers, **bad)
                        statuses.add(answer.status_code)
                        if any(text in answer.text for text in (MARK, *TEXTS)):
                            wrong.append((login, route.key, answer.status_code, answer.text[:200]))
    assert wrong == []
    assert {403, 404, 422} <= statuses
    assert 500 not in statuses
    assert MARK not in caplog.text


async def test_an_unforeseen_error_tells_nothing(house, caplog):
    """The driver's message names columns and quotes values; the answer, and the log, hold neither."""
    case, officer = await house.draft(), await house.person("officer")
    await house.fetch("ALTER TABLE client ADD CONSTRAINT never CHECK (length(retention_class) < 0) NOT VALID")
    problem = await officer.put(f"/cases/{case}/client", story.CLIENT, 500)
    assert set(problem) == {"type", "title", "status"}
    said = str(problem) + caplog.text + (await house.http.get(f"/cases/{case}/client")).text
    assert not any(word in said for word in (*TEXTS, "never", "retention_class", "INSERT", case))
    assert "IntegrityError" in caplog.text


async def test_what_is_hidden_and_what_never_was_cost_the_same_statements(ground, sink):
    """Not a stopwatch: the database is asked exactly the same questions, whether there is something or not."""
    statements = []
    async with ground.house(sink) as house:
        engine = house.runtime.engines[Door.APP].sync_engine
        event.listen(engine, "before_cursor_execute", lambda *about: statements.append(about[2]))
        tried = await in_follow_up(house, "officer-2") | {"reference": await hidden_case(house)}

        async def asked(there, login, route, **replaced):
            statements.clear()
            await there.call(login, route, **replaced)
            return list(statements)

        async with world(house, tried) as there:
            for login, route in product(OUTSIDERS, routes_of(house.app)):
                if set(route.parameters) - {"name"} and ROLE[login] in RULES[route.act].roles:
                    if ROLE[login] == "coordinator" and "meeting" in route.parameters:
                        continue  # a meeting of one's own team is not hidden
                    hidden = await asked(there, login, route)
                    never = await asked(there, login, route, **{name: NOBODYS[name]() for name in route.parameters})
                    assert hidden == never, (login, route.key)
                    assert len(hidden) > 1, (login, route.key)


async def test_ids_of_another_case_are_404_under_ones_own(ground, sink):
    """Guessed or remembered: with one's own case in the path, what else it names must be of that case, or one's own."""
    async with ground.house(sink) as house:
        foreign = await in_follow_up(house, "officer-2")
        foreign |= await ids_around(house, foreign["reference"])
        own = await house.filled_draft("social-worker")
        named = {name for r in routes_of(house.app) for name in r.parameters} - {"reference"}
        assert named == FOREIGN | OPEN_PARAMETERS
        async with world(house, foreign | {"reference": own}) as there:
            tried = [r for r in routes_of(house.app) if set(r.parameters) - {"reference"} - OPEN_PARAMETERS]
            for route in tried:
                if not RULES[route.act].role_may(ROLE["social-worker"]):
                    continue
                assert (await there.call("social-worker", route)).status_code == 404, route.key
            assert len(tried) > 8
        worker = await at_pages(house, "social-worker")
        await worker.get(f"/cases/{own}/people/{foreign['party']}", 404)
        for path in (f"/actions/{foreign['action']}", f"/j/{foreign['address']}", f"/rooms/{foreign['room']}"):
            await worker.get(path, 404)
        await worker.get(f"/cases/{own}/consent/scan/{foreign['scan']}", 404)
        await worker.get(f"/cases/{own}/disclosures/{foreign['disclosure']}/document", 404)
        intake = await at_pages(house, "police-intake")
        await intake.get(f"/inbox/{foreign['receipt']}", 404)
        await (await at_pages(house, "child-welfare")).get(f"/inbox/{foreign['receipt']}")


AROUND = {
    "disclosure": "disclosure",
    "receipt": "receipt",
    "alias": "alias",
    "bar": "access_bar",
    "order": "address_protection",
    "scan": "consent_scan",
    "deputy": "deputy",
}
"""In which table the rows stand that a path may name."""


async def ids_around(house, case):
    """What is done around a case, so that each kind of id there is one of somebody else's."""
    officer = await house.person("officer-2")
    told = {"recipient": await house.agency("Wellbeing"), "reason": "Huoli lapsesta", "confirmed": True}
    await officer.post(f"/cases/{case}/child-welfare/notification", told, 201)
    await officer.post(f"/cases/{case}/bars", {"post": await house.post_of("Anne"), "reason": "conflict_of_interest"})
    await fill(house, case)
    await (await house.person("supervisor")).post("/supervision/deputies", await deputy(house), 201)
    rows = {name: (await house.fetch(f"SELECT id FROM {table} LIMIT 1"))[0] for name, table in AROUND.items()}
    return {name: str(row["id"]) for name, row in rows.items()} | {"consultation": await asked(house, "officer-2")}


async def test_the_same_person_in_a_hidden_case_changes_no_answer(house):
    """A name or an identity code that is known elsewhere is taken like one that is not."""
    await hidden_case(house)
    officer, case = await house.person("officer"), await house.draft()
    strangers = ({"name": "Ei Kukaan"}, story.CLIENT, story.SECOND_CLIENT)
    answers = [await raw(house, officer, "PUT", f"/cases/{case}/client", body) for body in strangers]
    assert answers == [(204, b"")] * 3
    for body in (story.VIOLENT, story.CHILD, story.VIOLENT | {"identity_code": ""}):
        status, content = await raw(house, officer, "POST", f"/cases/{case}/parties", body)
        assert status == 201
        assert re.fullmatch(rb'\{"id":"[0-9a-f-]{36}"\}', content)
    view = await officer.get(f"/cases/{case}")
    assert view["parts"] == []
    assert (await officer.get("/cases"))[0]["reference"] == case


async def raw(house, person, method, path, body):
    answer = await house.http.request(method, f"/api/v1{path}", json=body, headers=person._headers)
    return answer.status_code, answer.content


def test_the_texts_that_are_looked_for_are_whole():
    assert {story.CLIENT["name"], story.NARRATIVE, story.SAFE_CONTACT["phone"]} <= set(TEXTS)
    assert len(TEXTS) > 15
