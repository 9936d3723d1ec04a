"""Every route stands behind a declared door."""

import inspect

import pytest
from fastapi.routing import iter_route_contexts

from multiagency.cases.doors import CaseDoor
from multiagency.kernel.access import Act
from multiagency.kernel.policy import RULES
from multiagency.web.door import ActDoor
from multiagency.web.entering import doors_of

# Acts of jobs, which come through no route.
JOBS = {
    Act.DELIVER_MAIL,
    Act.READ_MAILBOX,
    Act.NUMBER_LOG,
    Act.END_CONSENT,
    Act.EMPTY_ROOMS,
    Act.READ_BUSY_TIMES,
    Act.END_SEATS,
    Act.REFER_OPENING,
    Act.REMIND_OF_EXPIRY,
    Act.REMIND_OF_WORK,
    Act.ROTATE_KEYS,
    Act.DELETE_EXPIRED,
    Act.CHECK_LOG,
}
JOBS |= {Act.REMIND_OF_LOG_REQUEST, Act.FORGET_ANSWERS, Act.TELL_OF_DEPARTURES}
JOBS |= {Act.FORGET_SESSIONS, Act.FORGET_MAIL, Act.TAKE_DUE_WORK, Act.FORGET_QUESTIONS}


@pytest.fixture
def routes(house):
    found = []
    for context in iter_route_contexts(house.app.routes):
        for method in context.methods:
            found.append((method, context.path, context.dependant, context.endpoint))
    return found


def test_every_route_declares_exactly_one_door(routes):
    assert len(routes) > 50
    wrong = [(method, path) for method, path, dependant, _ in routes if len(doors_of(dependant)) != 1]
    assert wrong == []


def test_as_many_routes_were_seen_as_the_openapi_document_has(house, routes):
    paths = house.app.openapi()["paths"]
    documented = sum(len(operations) for operations in paths.values())
    assert len(routes) == documented


def test_the_document_tells_every_answer_of_every_door_and_what_is_presented_there(house, routes):
    document = house.app.openapi()
    assert set(document["components"]["securitySchemes"]) == {"session", "csrf"}
    for method, path, dependant, _ in routes:
        operation = document["paths"][path][method.lower()]
        wanted = {"400", "404", "409", "422", "503"} | ({"403", "411", "412", "413"} if method != "GET" else set())
        if not RULES[doors_of(dependant)[0].act].public:
            wanted |= {"401", "403"}
            change = path.startswith("/api/") and method != "GET"
            assert operation["security"] == [{"session": [], "csrf": []} if change else {"session": []}], path
        assert wanted <= set(operation["responses"]), (method, path)
        assert any(status < "400" for status in operation["responses"]), (method, path)


def test_every_door_commits_before_the_response(routes):
    def scopes(dependant):
        for inner in dependant.dependencies:
            if isinstance(inner.call, ActDoor):
                yield inner.scope
            yield from scopes(inner)

    found = [scope for _, _, dependant, _ in routes for scope in scopes(dependant)]
    assert found
    assert set(found) == {"function"}


def test_only_what_must_be_public_is(routes):
    public = {(m, p) for m, p, dependant, _ in routes for door in doors_of(dependant) if RULES[door.act].public}
    assert public == {
        ("GET", "/assets/{name}"),
        ("GET", "/kit"),
        ("GET", "/sign-in"),
        ("POST", "/sign-in"),
        ("POST", "/language"),
        ("POST", "/api/v1/session"),
        ("GET", "/metrics"),
        ("GET", "/calendar/{address}"),
        ("GET", "/log/checkpoint"),
        ("GET", "/log/update"),
        ("POST", "/log/cosignatures"),
    }


def test_every_act_has_a_rule_and_every_rule_a_door(routes):
    used = {door.act for _, _, dependant, _ in routes for door in doors_of(dependant)}
    assert set(RULES) == set(Act)
    assert set(Act) - used == JOBS


def test_a_rule_with_capabilities_stands_before_a_case(routes):
    """An act that asks for a capability on a case comes through a door that asks for the case, or finds it itself."""
    finds_itself = {
        Act.RUN_MEETING,
        Act.WRITE_MINUTES,
        Act.RECORD_MINUTES,
        Act.APPROVE_MINUTES,
    }  # `service.desk_of` asks, with the same rule
    for method, path, dependant, _ in routes:
        for door in doors_of(dependant):
            if RULES[door.act].capabilities and door.act not in finds_itself:
                assert isinstance(door, CaseDoor), (method, path)


def test_no_endpoint_is_synchronous(routes):
    """A synchronous endpoint would run in a thread, without the context of its request."""
    assert [path for _, path, _, endpoint in routes if not inspect.iscoroutinefunction(endpoint)] == []


@pytest.mark.parametrize("path", ["/api/v1/session", "/cases/new", "/api/v1/teams", "/"])
async def test_a_door_that_shows_no_client_data_leaves_an_entry_too(house, path):
    officer = await house.person("officer")
    before = (await house.fetch("SELECT count(*) AS n FROM audit_entry"))[0]["n"]
    assert (await house.http.get(path, headers=officer._headers)).status_code == 200
    assert (await house.fetch("SELECT count(*) AS n FROM audit_entry"))[0]["n"] == before + 1
