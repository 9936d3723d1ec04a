"""Who comes in, from where, and that going out is final."""

import httpx
import pytest
from tests.house import BASE_URL

from multiagency.web.door import SESSION_COOKIE


def credentials(house, **changes):
    return {"login": "officer", "password": house.ground.passwords["demo_account"]} | changes


def http_from(house, address):
    transport = httpx.ASGITransport(app=house.asgi, raise_app_exceptions=False, client=(address, 50000))
    return httpx.AsyncClient(transport=transport, base_url=BASE_URL)


async def test_a_demo_account_signs_in(house):
    response = await house.http.post("/api/v1/session", json=credentials(house))
    assert response.status_code == 201
    assert response.json()["name"] == "Elina Suopunki"


async def test_the_cookie_is_for_this_host_only_and_never_for_scripts(house):
    response = await house.http.post("/api/v1/session", json=credentials(house))
    name, *attributes = [part.strip() for part in response.headers["set-cookie"].split(";")]
    assert name.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= set(attributes)
    assert not any(attribute.lower().startswith("domain") for attribute in attributes)


async def test_the_session_is_opaque_and_stored_hashed(house):
    response = await house.http.post("/api/v1/session", json=credentials(house))
    secret = response.headers["set-cookie"].split(";")[0].split("=", 1)[1]
    assert len(secret) >= 43
    assert "." not in secret
    rows = await house.fetch("SELECT session::text AS row FROM session")
    assert not any(secret in row["row"] for row in rows)


@pytest.mark.parametrize("changes", [{"password": "wrong"}, {"login": "nobody"}, {"login": "worker"}])
async def test_a_wrong_login_or_password_is_401_without_saying_which(house, changes):
    response = await house.http.post(
        "/api/v1/session", json=credentials(house, **changes), headers={"accept-language": "en"}
    )
    assert response.status_code == 401
    assert response.json()["title"] == "The account or the password is wrong."
    assert "set-cookie" not in response.headers
    assert await house.fetch("SELECT FROM session") == []


async def test_a_refused_sign_in_is_logged(house):
    await house.http.post("/api/v1/session", json=credentials(house, password="wrong"))
    rows = await house.fetch("SELECT convert_from(body, 'UTF8') AS body FROM audit_entry")
    assert len(rows) == 1
    assert '"act":"sign_in"' in rows[0]["body"]
    assert '"mode":"deny"' in rows[0]["body"]


async def test_a_service_account_cannot_use_the_page(house):
    password = house.ground.passwords["service_account"]
    response = await house.http.post("/api/v1/session", json={"login": "worker", "password": password})
    assert response.status_code == 401


@pytest.mark.parametrize("address", ["10.1.2.3", "192.168.1.5", "2001:db8::1"])
async def test_demo_accounts_only_from_this_machine(house, address):
    async with http_from(house, address) as http:
        response = await http.post("/api/v1/session", json=credentials(house))
    assert response.status_code == 403
    assert await house.fetch("SELECT FROM session") == []


@pytest.mark.parametrize(
    "header", ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"]
)
async def test_demo_accounts_never_with_forwarded_headers(house, header):
    response = await house.http.post("/api/v1/session", json=credentials(house), headers={header: "127.0.0.1"})
    assert response.status_code == 403
    assert await house.fetch("SELECT FROM session") == []


async def test_demo_accounts_only_where_they_are_switched_on(ground):
    async with ground.house(demo_accounts=False) as house:
        response = await house.http.post("/api/v1/session", json=credentials(house))
        assert response.status_code == 403
        page = await house.http.get("/sign-in")
        assert 'name="password"' not in page.text


async def test_signing_out_ends_the_session_at_once(house):
    officer = await house.person("officer")
    cookie = officer._headers["cookie"]
    response = await house.http.request("DELETE", "/api/v1/session", headers=officer._headers)
    assert response.status_code == 204
    assert "cookies" in response.headers["clear-site-data"]
    await officer.get("/cases", 401)
    assert (await house.http.get("/api/v1/cases", headers={"cookie": cookie})).status_code == 401


async def test_a_change_without_the_csrf_token_is_refused(house):
    officer = await house.person("officer")
    for token in (None, "", "0" * 64, (await house.person("coordinator"))._headers["x-csrf-token"]):
        headers = {"cookie": officer._headers["cookie"]} | ({} if token is None else {"x-csrf-token": token})
        response = await house.http.post("/api/v1/cases", json={"team": await house.team()}, headers=headers)
        assert response.status_code == 403
    assert await house.fetch("SELECT FROM case_file") == []


async def test_a_page_form_without_the_token_is_refused(house):
    officer = await house.person("officer")
    headers = {"cookie": officer._headers["cookie"]}
    assert (await house.http.post("/sign-out", headers=headers, data={})).status_code == 403
    await officer.get("/session")


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}])
async def test_a_write_from_another_site_is_refused(house, headers):
    response = await house.http.post("/api/v1/session", json=credentials(house), headers=headers)
    assert response.status_code == 403


async def test_a_write_with_a_foreign_origin_is_refused(house):
    for origin in ("https://evil.example", "null"):
        response = await house.http.post("/api/v1/session", json=credentials(house), headers={"origin": origin})
        assert response.status_code == 403
    response = await house.http.post("/api/v1/session", json=credentials(house), headers={"origin": BASE_URL})
    assert response.status_code == 201


@pytest.mark.parametrize(
    "path", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "\\\\evil", "evil"]
)
async def test_signing_in_leads_nowhere_else(house, path):
    data = credentials(house) | {"next": path}
    response = await house.http.post("/sign-in", data=data)
    assert response.status_code == 303
    assert response.headers["location"] == "/"


async def test_signing_in_leads_to_where_one_was_heading(house):
    first = await house.http.get("/cases/ABCD-EFGH")
    assert first.status_code == 303
    assert first.headers["location"] == "/sign-in?next=/cases/ABCD-EFGH"
    response = await house.http.post("/sign-in", data=credentials(house) | {"next": "/cases/ABCD-EFGH"})
    assert response.headers["location"] == "/cases/ABCD-EFGH"
    assert SESSION_COOKIE in response.headers["set-cookie"]


async def test_a_wrong_password_on_the_page_keeps_the_login(house):
    response = await house.http.post("/sign-in", data=credentials(house, password="wrong"))
    assert response.status_code == 401
    assert 'value="officer"' in response.text
    assert "wrong" not in response.text
