import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from multiagency.audit.note import MAX_SIGNATURES, BadNote, Signer, Verifier, decode_base64

# The example key and note in the documentation of Go's sumdb/note, the first implementation of the format.
NAME = "PeterNeumann"
SEED = base64.b64decode("gQoUAtUUbI2E8kQzMPVAgOv5juF9nHT2JS/F1ccoMXM=")
VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNATURE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
NOTE = f"{TEXT}\n— PeterNeumann {SIGNATURE}\n"

PETER = Signer(NAME, SEED)
OTHER = Signer("lappi.example/audit", bytes(range(32)))
VERIFIER = Verifier.parse(VKEY)

brief = settings(max_examples=60, derandomize=True, deadline=None)
texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters=[chr(code) for code in range(32)]) | st.just("\n")
)


def line(name, raw):
    return f"— {name} {base64.b64encode(raw).decode()}\n"


def signature_line(note):
    return note.rpartition("\n\n")[2]


def test_the_published_example_is_reproduced():
    assert PETER.verifier_key == VKEY
    assert PETER.sign(TEXT) == NOTE
    assert VERIFIER.open(NOTE) == TEXT


@brief
@given(texts)
def test_what_is_signed_is_opened(text):
    assert VERIFIER.open(PETER.sign(text + "\n")) == text + "\n"


@brief
@given(st.integers(0, len(NOTE) - 1), st.characters(exclude_categories=["Cs"]))
def test_no_character_of_a_note_can_change(position, character):
    changed = NOTE[:position] + character + NOTE[position + 1 :]
    if changed != NOTE:
        with pytest.raises(BadNote):
            VERIFIER.open(changed)


@brief
@given(st.text(max_size=60) | st.text(alphabet="a—+ \n=").map(lambda tail: NOTE + tail))
def test_a_malformed_note_is_refused(note):
    if note != NOTE:
        with pytest.raises(BadNote):
            VERIFIER.open(note)


def test_the_text_ends_at_the_last_blank_line():
    text = "first\n\n— not a signature\n\nlast\n"
    assert VERIFIER.open(PETER.sign(text)) == text


def test_other_signatures_are_ignored_in_any_order():
    theirs = signature_line(OTHER.sign(TEXT))
    mine = signature_line(NOTE)
    assert VERIFIER.open(f"{TEXT}\n{theirs}{mine}") == TEXT
    assert Verifier.parse(OTHER.verifier_key).open(f"{TEXT}\n{mine}{theirs}") == TEXT


def test_a_key_that_shares_only_the_name_or_only_the_id_is_another_key():
    namesake = signature_line(Signer(NAME, bytes(32)).sign(TEXT))
    same_id = line("someone", base64.b64decode(SIGNATURE)[:4] + bytes(64))
    assert VERIFIER.open(NOTE + namesake + same_id) == TEXT
    with pytest.raises(BadNote, match="not signed by the key"):
        VERIFIER.open(f"{TEXT}\n{namesake}{same_id}")


@pytest.mark.parametrize("raw", [bytes(64), bytes(63), b"x"])
def test_a_false_signature_by_this_key_spoils_the_note_beside_a_true_one(raw):
    false = line(NAME, base64.b64decode(SIGNATURE)[:4] + raw)
    with pytest.raises(BadNote, match="does not fit"):
        VERIFIER.open(NOTE + false)


def test_a_note_signed_only_by_others_is_refused():
    with pytest.raises(BadNote, match="not signed by the key"):
        VERIFIER.open(OTHER.sign(TEXT))


def test_the_text_cannot_be_exchanged():
    with pytest.raises(BadNote, match="does not fit"):
        VERIFIER.open(NOTE.replace("answer", "Answer"))


@pytest.mark.parametrize(
    "note",
    [
        "",
        TEXT,
        NOTE[:-1],
        NOTE.replace("\n\n", "\n"),
        NOTE + "\n",
        NOTE.replace("— ", "- "),
        NOTE.replace("— ", "—"),
        NOTE.replace("PeterNeumann ", "PeterNeumann  "),
        NOTE + "— name not-base64\n",
        NOTE + "— name AAAAAA==\n",
        NOTE + "— na+me AAAAAAAA\n",
        NOTE.replace("AM=", "AN="),
        NOTE.replace("\n\n", "\r\n\r\n"),
        NOTE.replace("answer", "ans\twer"),
        NOTE.replace("answer", "ans\ud800wer"),
    ],
)
def test_notes_of_another_shape_are_refused(note):
    with pytest.raises(BadNote):
        VERIFIER.open(note)


def test_a_control_character_is_refused_even_when_signed():
    text = "bell\a\n"
    signature = Ed25519PrivateKey.from_private_bytes(SEED).sign(text.encode())
    with pytest.raises(BadNote, match="control character"):
        VERIFIER.open(f"{text}\n{line(NAME, VERIFIER.key_id + signature)}")


def test_the_number_of_signatures_has_a_limit():
    theirs = signature_line(OTHER.sign(TEXT))
    assert VERIFIER.open(NOTE + theirs * (MAX_SIGNATURES - 1)) == TEXT
    with pytest.raises(BadNote, match="more than"):
        VERIFIER.open(NOTE + theirs * MAX_SIGNATURES)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", "a\u2003b", "a\nb", "a\x00b"])
def test_names_that_a_signature_line_cannot_carry_are_refused(name):
    with pytest.raises(ValueError, match="name of a key"):
        Signer(name, SEED)


@pytest.mark.parametrize("seed", [b"", bytes(31), bytes(33)])
def test_a_seed_of_another_length_is_refused(seed):
    with pytest.raises(ValueError, match="32 bytes"):
        Signer(NAME, seed)


@pytest.mark.parametrize("text", ["", "no newline", "tab\t\n", "return\r\n", "nul\x00\n", "\ud800\n"])
def test_a_text_that_no_note_can_hold_is_not_signed(text):
    with pytest.raises(ValueError, match=r"newline|surrogates not allowed"):
        PETER.sign(text)


@pytest.mark.parametrize(
    ("vkey", "reason"),
    [
        ("", "three parts"),
        ("PeterNeumann+c74f20a3", "three parts"),
        (VKEY.replace(NAME, ""), "name of a key"),
        (VKEY.replace(NAME, "Peter Neumann"), "name of a key"),
        (VKEY.replace("c74f", "C74F"), "hexadecimal"),
        (VKEY.replace("c74f20a3", "c74f20a"), "hexadecimal"),
        (VKEY.replace("c74f20a3", "c74f20a4"), "does not match"),
        (VKEY.replace(NAME, "PeterNewmann"), "does not match"),
        (VKEY.replace("ARpc", "ARpd"), "does not match"),
        (VKEY.replace("ARpc", "AQ"), "not base64"),
        (VKEY + "\n", "not base64"),
        (VKEY.replace("ARpc", "AhpC"), "not an Ed25519 key"),
        (VKEY[:-4], "not an Ed25519 key"),
    ],
)
def test_a_verifier_key_that_is_malformed_is_refused_with_the_reason(vkey, reason):
    with pytest.raises(ValueError, match=reason):
        Verifier.parse(vkey)


@pytest.mark.parametrize("text", ["A", "AA", "AB==", "AA==\n", "AA=A", "-_==", "AA==AA==", "ä"])
def test_base64_has_one_form_only(text):
    with pytest.raises(ValueError, match=r"canonical form|padding|base64|ASCII"):
        decode_base64(text)


def test_nothing_shows_the_seed():
    assert SEED.hex() not in repr(PETER)
    assert str(SEED)[2:-1] not in repr(PETER)
