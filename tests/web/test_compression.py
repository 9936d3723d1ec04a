"""Compressed is only what nobody else could have asked for, and each time by another length (BREACH)."""

import gzip

import pytest
from tests.pages import at_pages

from multiagency.web.assets import SCRIPT, STYLE
from multiagency.web.compression import takes_gzip

OWN = {"accept-encoding": "gzip, br", "sec-fetch-site": "same-origin"}


async def lengths(house, path, **headers):
    pages = await at_pages(house, "officer")
    answers = [await house.http.get(path, headers={"cookie": pages._session, **headers}) for _ in range(12)]
    assert {answer.status_code for answer in answers} == {200}
    return [answer.headers.get("content-encoding") for answer in answers], [
        int(answer.headers["content-length"]) for answer in answers
    ]


@pytest.mark.parametrize(
    ("path", "site"), [("/cases", "same-origin"), ("/cases?x=1", "same-origin"), ("/cases", "none")]
)
async def test_a_page_that_its_reader_asked_for_is_compressed_to_another_length_each_time(house, path, site):
    codings, sizes = await lengths(house, path, **{**OWN, "sec-fetch-site": site})
    assert set(codings) == {"gzip"}
    assert len(set(sizes)) > 3


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/cases", {**OWN, "sec-fetch-site": "cross-site"}),
        ("/cases", {**OWN, "sec-fetch-site": "same-site"}),
        ("/cases?x=1", {**OWN, "sec-fetch-site": "none"}),
        ("/cases", {"accept-encoding": "gzip"}),
        ("/cases", {**OWN, "accept-encoding": "identity"}),
        ("/cases", {**OWN, "accept-encoding": "gzip;q=0"}),
        ("/api/v1/cases", OWN),
    ],
)
async def test_what_somebody_else_may_have_chosen_is_not(house, path, headers):
    codings, _ = await lengths(house, path, **headers)
    assert set(codings) == {None}


async def test_a_compressed_page_is_the_page(house):
    pages = await at_pages(house, "officer")
    headers = {"cookie": pages._session, **OWN}
    async with house.http.stream("GET", "/cases", headers=headers) as answer:
        body = b"".join([part async for part in answer.aiter_raw()])
    assert len(body) == int(answer.headers["content-length"])
    page = gzip.decompress(body).decode()
    assert page.partition("</html>")[0].count("<main") == 1
    assert len(body) < len(page.encode())


@pytest.mark.parametrize("asset", [STYLE, SCRIPT], ids=["style", "script"])
async def test_what_is_the_same_for_all_is_compressed_for_whoever_takes_it(house, asset):
    packed = await house.http.get(asset.path, headers={"accept-encoding": "gzip"})
    plain = await house.http.get(asset.path, headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == plain.headers["vary"] == "accept-encoding"
    assert packed.content == plain.content == asset.content
    assert "content-encoding" not in plain.headers


def test_the_script_is_small():
    assert len(SCRIPT.content) <= 4_000


@pytest.mark.parametrize(
    ("accepted", "taken"),
    [
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("gzip; q=0", False),
        ("gzip;q=0.000", False),
        ("br", False),
        ("", False),
    ],
)
def test_gzip_is_sent_to_whoever_takes_it(accepted, taken):
    assert takes_gzip(accepted) is taken
