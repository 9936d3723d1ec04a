"""A person at the pages, without a browser: follows forms the way a browser without scripts does."""

import html
import re

from multiagency.web.formtokens import csrf_token


class PageVisitor:
    """Sends forms with the session's CSRF token and expects a status, as `PersonAtApi` does for the API."""

    def __init__(self, house, person):
        self._http = house.http
        self._headers = {"cookie": person._headers["cookie"]}
        self._session = person._headers["cookie"]
        self._csrf = csrf_token(self._session.split("=", 1)[1])

    async def get(self, path, expect=200):
        response = await self._http.get(path, headers=self._headers)
        return self._expect(response, path, expect)

    async def post(self, path, expect=303, **data):
        response = await self._http.post(path, headers=self._headers, data={"csrf": self._csrf, **data})
        return self._expect(response, path, expect)

    def _expect(self, response, path, status):
        assert response.status_code == status, (path, response.status_code, words(response.text))
        for cookie in response.headers.get_list("set-cookie"):
            if word := re.match(r'__Host-done="?([a-z_]*)', cookie):
                self._headers["cookie"] = f"{self._session}; {word[0]}" if word[1] else self._session
        return response


async def at_pages(house, login):
    return PageVisitor(house, await house.person(login))


def words(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))[-1500:]


def without_tokens(page):
    """The page without what differs each time: tokens of its forms, seconds until the session ends soon, the minute."""
    return re.sub(r'name="csrf" value="[^"]*"|data-after="[0-9]+"|(?<=<p class="paper">)[^<]*', "", page)


def hidden(page):
    """The hidden fields of the forms of a page, not of its header, by name; of those in several, the last."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page.partition("<main")[2])
    return {name: html.unescape(value) for name, value in found}
