import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from multiagency.audit.checkpoint import Checkpoint
from multiagency.audit.note import Signer, Verifier

# The example in the specification.
TEXT = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
ROOT = base64.b64decode("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=")
EXAMPLE = Checkpoint("example.com/behind-the-sofa", 20852163, ROOT)

brief = settings(max_examples=60, derandomize=True, deadline=None)


def test_the_published_example_is_read_and_written():
    assert Checkpoint.parse(TEXT) == EXAMPLE
    assert EXAMPLE.text() == TEXT


@brief
@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1),
    st.integers(1, 2**63 - 1),
    st.binary(min_size=32, max_size=32),
)
def test_what_is_written_is_read(origin, size, root):
    checkpoint = Checkpoint(origin, size, root)
    assert Checkpoint.parse(checkpoint.text()) == checkpoint


def test_extension_lines_are_ignored():
    assert Checkpoint.parse(TEXT + "one\ntwo\n") == EXAMPLE


def test_a_checkpoint_is_signed_as_a_note():
    signer = Signer(EXAMPLE.origin, bytes(32))
    assert Checkpoint.parse(Verifier.parse(signer.verifier_key).open(signer.sign(TEXT))) == EXAMPLE


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "three lines"),
        ("origin\n1\n", "three lines"),
        (TEXT[:-1], "three lines"),
        (TEXT + "\n", "three lines"),
        ("\n" + TEXT, "three lines"),
        (TEXT.replace("example.com/behind-the-sofa", ""), "three lines"),
        (TEXT + "one\n\ntwo\n", "three lines"),
        (TEXT.replace("208", "0208"), "leading zeros"),
        (TEXT.replace("20852163", "00"), "leading zeros"),
        (TEXT.replace("208", "+208"), "leading zeros"),
        (TEXT.replace("208", "-208"), "leading zeros"),
        (TEXT.replace("208", " 208"), "leading zeros"),
        (TEXT.replace("208", "2_08"), "leading zeros"),
        (TEXT.replace("20852163", "٣"), "leading zeros"),
        (TEXT.replace("20852163", "9" * 5000), "leading zeros"),
        (TEXT.replace("q2I=", "q2J="), "not base64"),
        (TEXT.replace("q2I=", "q2I"), "not base64"),
        (TEXT.replace("CsUY", ""), "32 bytes"),
        (TEXT.replace("CsUY", "CsUYCsUY"), "32 bytes"),
        (TEXT.replace("example", "exa\tmple"), "origin"),
        (TEXT.replace("sofa\n", "sofa\r\n"), "origin"),
    ],
)
def test_a_text_that_is_no_checkpoint_is_refused_with_the_reason(text, reason):
    with pytest.raises(ValueError, match=reason):
        Checkpoint.parse(text)


@pytest.mark.parametrize(
    ("origin", "size", "root"),
    [("", 1, ROOT), ("a\nb", 1, ROOT), ("a", -1, ROOT), ("a", 10**19, ROOT), ("a", 1, ROOT[1:]), ("a", 1, b"")],
)
def test_a_checkpoint_that_cannot_be_written_is_not_made(origin, size, root):
    with pytest.raises(ValueError, match="checkpoint"):
        Checkpoint(origin, size, root)
