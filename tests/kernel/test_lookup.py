"""Keyed look-up: the same person is found again, and the hash says nothing without the key."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multiagency.kernel.lookup import Looked, Lookup

KEY = bytes(range(32))


@pytest.mark.parametrize("written", ["aili esimerkki", "  Aili   ESIMERKKI ", "Esimerkki, Aili", "Aili Esimerkki"])
def test_one_name_however_it_is_written(written):
    lookup = Lookup(KEY)
    assert lookup.hash(Looked.NAME, written) == lookup.hash(Looked.NAME, "Aili Esimerkki")


def test_composed_and_decomposed_letters_are_one():
    lookup = Lookup(KEY)
    assert lookup.hash(Looked.NAME, "Väinö") == lookup.hash(Looked.NAME, "Va\u0308ino\u0308")


def test_the_sign_of_an_identity_code_counts():
    lookup = Lookup(KEY)
    assert lookup.hash(Looked.IDENTITY_CODE, "010594-9032") != lookup.hash(Looked.IDENTITY_CODE, "010594Y9032")


def test_a_code_is_found_however_it_is_typed():
    lookup = Lookup(KEY)
    known = lookup.hash(Looked.IDENTITY_CODE, "010594-9032")
    assert lookup.hash(Looked.IDENTITY_CODE, " 0105\u00ad94\u20119032") == known
    assert lookup.hash(Looked.IDENTITY_CODE, "\u0660105949032") != known


def test_hashes_of_different_things_never_meet():
    lookup = Lookup(KEY)
    assert len({lookup.hash(what, "030594W902A") for what in Looked}) == len(Looked)


@given(st.text(), st.text())
def test_where_one_text_ends_counts(first, second):
    lookup = Lookup(KEY)
    assert lookup.hash(Looked.NAME, first, second) != lookup.hash(Looked.NAME, f"{first}{second}")


def test_without_the_key_a_list_of_all_codes_does_not_help():
    hashed = Lookup(KEY).hash(Looked.IDENTITY_CODE, "030594W902A")
    assert hashed != Lookup(bytes(32)).hash(Looked.IDENTITY_CODE, "030594W902A")
    assert hashed != hashlib.sha256(b"030594W902A").digest()


def test_a_short_key_is_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        Lookup(bytes(31))
