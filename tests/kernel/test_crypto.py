"""Field encryption: bound to key, field and row, and nowhere in the clear in the database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multiagency.demo import story
from multiagency.kernel.crypto import CannotDecrypt, DataKey, MasterKey, Sealed, read_key
from multiagency.kernel.ids import uuid7

KEY, ROW = DataKey(uuid7(), b"k" * 32), uuid7()


@given(st.text())
def test_what_is_sealed_opens(text):
    assert KEY.open("client.name", ROW, KEY.seal("client.name", ROW, text)) == text


@given(st.binary())
def test_sealed_bytes_open_as_they_were(content):
    assert KEY.open_bytes("consent_scan.content", ROW, KEY.seal_bytes("consent_scan.content", ROW, content)) == content


def test_bytes_that_are_no_text_do_not_open_as_one():
    with pytest.raises(CannotDecrypt):
        KEY.open("client.name", ROW, KEY.seal_bytes("client.name", ROW, b"\xff"))


def test_a_value_opens_in_its_own_place_only():
    sealed = KEY.seal("client.name", ROW, "Aili")
    for key, field, row in (
        (KEY, "client.identity_code", ROW),
        (KEY, "client.name", uuid7()),
        (DataKey(uuid7(), b"k" * 32), "client.name", ROW),
        (DataKey(KEY.id, b"x" * 32), "client.name", ROW),
    ):
        with pytest.raises(CannotDecrypt):
            key.open(field, row, sealed)


@given(st.integers(min_value=0, max_value=60), st.integers(min_value=1, max_value=255))
def test_any_changed_byte_is_noticed(place, flip):
    data = bytearray(KEY.seal("client.name", ROW, "Aili Esimerkki").data)
    data[place % len(data)] ^= flip
    with pytest.raises(CannotDecrypt):
        KEY.open("client.name", ROW, Sealed(bytes(data)))


def test_the_same_text_never_looks_the_same():
    assert KEY.seal("client.name", ROW, "Aili").data != KEY.seal("client.name", ROW, "Aili").data


def test_representations_show_nothing():
    assert "Aili" not in repr(KEY.seal("client.name", ROW, "Aili"))
    assert "kkkk" not in repr(KEY)


def test_a_data_key_opens_under_its_master_key_only():
    key, wrapped = MasterKey(b"m" * 32).new_data_key(uuid7())
    assert MasterKey(b"m" * 32).unwrap(key.id, wrapped).material == key.material
    with pytest.raises(CannotDecrypt):
        MasterKey(b"n" * 32).unwrap(key.id, wrapped)
    with pytest.raises(CannotDecrypt):
        MasterKey(b"m" * 32).unwrap(uuid7(), wrapped)


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_master_key_of_another_length_is_refused(length):
    with pytest.raises(ValueError, match="32 bytes"):
        MasterKey(b"m" * length)


def test_a_key_file_that_others_can_read_is_refused(tmp_path):
    path = tmp_path / "master.key"
    path.write_bytes(b"m" * 32)
    path.chmod(0o640)
    with pytest.raises(ValueError, match="owner only"):
        read_key(path)


async def test_no_name_contact_or_narrative_stands_in_the_database(mailing_house):
    """Every byte column and every text column of every table, searched for every secret of the story."""
    house = mailing_house
    case = await house.submitted()
    meeting = await house.opened(case, "Heikki", "Jouni")
    await house.minutes(meeting, case)
    secrets = [
        str(value) for value in story.SECRETS if str(value) != story.VIOLENT["role"] and len(str(value)) >= 6
    ] + ["Mustelmia käsivarsissa"]
    tables = await house.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    searched = 0
    for table in tables:
        for row in await house.fetch(f"SELECT * FROM {table['tablename']}"):
            for column, value in row.items():
                searched += 1
                stored = value if isinstance(value, bytes) else str(value).encode()
                assert not any(secret.encode() in stored for secret in secrets), (table["tablename"], column)
    assert searched > 500
