"""In the Sámi homeland an invitation says in Finnish and Sámi what is verified, and the rest in Finnish."""

import pytest

from multiagency.kernel.languages import Language
from multiagency.web.texts import TEXTS

REVONTULI = "UPDATE agency SET municipality_code = $1 WHERE name_en LIKE '%Revontuli%'"


@pytest.fixture
async def house(ground, sink):
    async with ground.house(sink) as house:
        yield house


async def text_of(house, code="698", language="fi"):
    await house.fetch(REVONTULI, code)
    await house.fetch("UPDATE post SET language = $1 WHERE id = $2", language, await house.post_of("Heikki"))
    await house.opened(await house.submitted(), "Heikki")
    await house.deliver()
    message = house.sink.messages()[-1]
    return message.get_body(("plain",)).get_content(), str(message["Subject"])


@pytest.mark.parametrize("code", ["047", "148", "758", "890"])
async def test_a_municipality_of_the_homeland_is_invited_in_finnish_and_sami(house, code):
    text, subject = await text_of(house, code)
    assert text.startswith("Kokous – Čoahkkin – Čuákkim: ")
    assert "sinut kutsutaan" in text
    assert subject.startswith("Kokouskutsu ")


async def test_elsewhere_it_is_in_the_recipients_language_alone(house):
    text, _ = await text_of(house, "698")
    assert "Čoahkkin" not in text


async def test_who_has_chosen_another_language_is_invited_in_that(house):
    text, _ = await text_of(house, "890", "sv")
    assert "Čoahkkin" not in text


async def test_who_has_chosen_one_sami_language_reads_that_one(house):
    text, _ = await text_of(house, "698", "smn")
    assert text.startswith("Kokous – Čuákkim: ")


def test_what_is_not_verified_is_in_no_catalogue():
    found = {language: set(TEXTS.sentences[language]) for language in (Language.SE, Language.SMN, Language.SMS)}
    assert found == {Language.SE: {"mail.heading"}, Language.SMN: {"mail.heading"}, Language.SMS: set()}
