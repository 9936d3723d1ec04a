"""What a guess at a password costs."""

import hashlib

import pytest
from tests.house import CHEAP

from multiagency.people.passwords import COST, NOBODY, hash_password, matches


def scrypt(password, salt, n):
    return hashlib.scrypt(password.encode(), salt=salt, n=n, r=8, p=1)


def test_a_password_costs_sixteen_mebibytes_unless_a_test_says_otherwise():
    stored = hash_password("right")
    assert stored[16:80] == scrypt("right", stored[:16], 16384)
    assert COST == stored[80] == NOBODY[80] == 14


def test_an_unknown_login_costs_as_much_as_a_known_one():
    assert len(NOBODY) == len(hash_password("right"))
    assert not matches("", NOBODY)


@pytest.mark.parametrize("cost", [CHEAP, COST])
def test_only_the_password_matches_at_the_cost_it_was_kept_with(cost):
    stored = hash_password("right", cost)
    assert matches("right", stored)
    assert not matches("wrong", stored)
    assert not matches("right", stored[:80] + bytes([15 - cost]))


def test_a_password_kept_before_costs_were_still_matches():
    salt = bytes(16)
    assert matches("right", salt + scrypt("right", salt, 16384))
    assert not matches("wrong", salt + scrypt("right", salt, 16384))
