"""What in a text says who somebody is: found by its pattern, or asked about because it looks like a name."""

import pytest

from multiagency.consultations.forms_identity import CODES, knows, what_tells, words_like_names

TELLS = {
    "identity_code": """
        010190-123A|010190\u2013123A|Koodi on 030594W902A.|\uff10\uff11\uff10\uff11\uff19\uff10-123a|010\u00ad190A123B
        |010190 - 123A
    """,
    "telephone": """
        0401234567|040 123 4567|040-1234567|+358 40 123 4567|+358 (0)40 1234567|016 123 456|040.123.4567|5551234567
    """,
    "mail_address": "aino@example.fi|aino.v@posti.example|aino (at) example",
    "street": """
        Koskikatu 12 B 3|Koskikadulla 5|Kirkkotie 4|Valtatiellä 10|Storgatan 7|Kyrkvägen 3a|12 Main Street|Kuusikuja 2
    """,
    "postcode": "96200 Rovaniemi|FI-96200 Rovaniemi|96200, Rovaniemi",
}
TELLS_NOBODY = [
    "Kolme käyntiä viikossa, viimeksi 5.11.2026 klo 18.30.",
    "klo 00.30–06.15 kaksi hälytystä, 112 soitettiin 3 kertaa.",
    "Velkaa 15000 euroa ja asuntolaina 120 000 euroa.",
    "Lapsi A on 4-vuotias, lapsi B 12-vuotias.",
    "Tappeli kadulla 3 kertaa. Tiedossa 5 muuta tilannetta, esitietoja 2.",
]


@pytest.mark.parametrize(
    ("what", "text"), [(what, text) for what, texts in TELLS.items() for text in map(str.strip, texts.split("|"))]
)
def test_codes_numbers_and_addresses_are_found_as_what_they_are(what, text):
    assert what_tells(f"Asiakas pelkää. {text}. Mitä teemme?") == [what]


@pytest.mark.parametrize("text", TELLS_NOBODY)
def test_times_sums_and_ages_tell_nobody(text):
    assert what_tells(text) == []


def test_an_answer_may_give_the_number_of_a_service():
    assert what_tells("Soita 080 005 005.", CODES) == []
    assert what_tells("Hän on 010190-123A.", CODES) == ["identity_code"]


known = knows(
    ["Rovaniemen kaupunki", "Lapin poliisilaitos", "Turvakoti Revontuli", "MARAK Rovaniemi", "Kemin kaupunki"]
)

NAMES = {
    "Asiakas kertoi, että Virtanen uhkaa.": ["Virtanen"],
    "Aino Virtanen soitti eilen.": ["Aino", "Virtanen"],
    "Mies on nimeltään A. Korhonen.": ["Korhonen"],
    "Isä: Mäkelä.": ["Mäkelä"],
    "Naapuri (Niemi) kuuli.": ["Niemi"],
    "Hän on O'Brien-Laine.": ["O'Brien-Laine"],
    "uhkaaja on KORHONEN": ["KORHONEN"],
    "Työpaikka on Kemiläisen kioski, ja siellä Kemiläinen huusi.": ["Kemiläisen", "Kemiläinen"],
}
NO_NAMES = [
    "Asiakas pelkää. Lapsi A on 4-vuotias! Mitä teemme?\nKotona on ase.\n- Isä juo.",
    "Hän asuu Rovaniemellä ja kävi Turvakodissa, jonka Revontuli järjesti.",
    "Asiakas kävi Kemissä, ja Lapin poliisi tuli.",
    "Then I said that I'm afraid.",
]


@pytest.mark.parametrize(("text", "words"), NAMES.items())
def test_a_capital_inside_a_sentence_is_asked_about(text, words):
    assert words_like_names(text, known) == words


@pytest.mark.parametrize("text", NO_NAMES)
def test_beginnings_of_sentences_and_names_of_the_directory_are_not(text):
    assert words_like_names(text, known) == []
