"""Co-signatures and witnesses: who has seen the log grow, and what a witness never signs."""

import base64
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime

import pytest

from multiagency.audit.checking import Shown, verify_parts
from multiagency.audit.checkpoint import Checkpoint
from multiagency.audit.cosignature import Cosigner, WitnessKey
from multiagency.audit.cosigner import Elsewhere, Refused, Witness
from multiagency.audit.note import BadNote, Signer
from multiagency.audit.tree import consistency_proof, leaf_hash, root_hash
from multiagency.audit.trust import Trust
from multiagency.audit.update import Update

ORIGIN = "lappi.example/audit"
SIGNER = Signer(ORIGIN, bytes(range(32)))
POLICE = Cosigner("witness.police.example/lappi", b"p" * 32)
SHELTER = Cosigner("witness.shelter.example/lappi", b"s" * 32)
AT = datetime(2026, 11, 25, 12, 0, 0, tzinfo=UTC)
ENTRIES = [b"entry %d" % number for number in range(9)]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]

# The example of C2SP tlog-cosignature: a checkpoint with the line of a witness.
EXAMPLE = """\
example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
\u2014 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""  # noqa: E501


def note(size=9, signer=SIGNER, leaves=LEAVES):
    return signer.sign(Checkpoint(ORIGIN, size, root_hash(leaves[:size])).text())


def update(old, new, leaves=LEAVES, signer=SIGNER):
    return Update(old, consistency_proof(old, leaves[:new]), note(new, signer, leaves)).text()


def shown():
    return [Shown(*numbered) for numbered in enumerate(ENTRIES)]


@pytest.fixture
def witness(tmp_path):
    return Witness(tmp_path, POLICE, Trust.of(SIGNER.verifier_key))


def test_a_co_signature_says_when():
    key = WitnessKey.parse(POLICE.verifier_key)
    assert key.seen_at(POLICE.cosign(note(), AT)) == AT
    assert key.seen_at(note()) is None
    assert key.seen_at(SHELTER.cosign(note(), AT)) is None


def test_the_published_example_has_the_documented_form():
    """Its key is not published, so only the form is compared: name, key id, time, 64 bytes."""
    with pytest.raises(ValueError, match="key id"):
        WitnessKey.parse("witness.example.com/w1+8d66cf3f+" + POLICE.verifier_key.split("+", 2)[2])
    mine = POLICE.cosign(note(), AT).splitlines()[-1].split(" ")
    theirs = EXAMPLE.splitlines()[-1].split(" ")
    assert [len(mine), len(mine[2])] == [len(theirs), len(theirs[2])]


@pytest.mark.parametrize("change", [("\n9\n", "\n8\n"), (ORIGIN, "oulu.example/audit")])
def test_a_line_over_another_text_is_found(change):
    changed = POLICE.cosign(note(), AT).replace(*change, 1)
    with pytest.raises(BadNote, match="does not fit"):
        WitnessKey.parse(POLICE.verifier_key).seen_at(changed)


def test_a_time_put_back_is_found():
    *rest, last = POLICE.cosign(note(), AT).splitlines()
    head, _, encoded = last.rpartition(" ")
    raw = bytearray(base64.b64decode(encoded))
    raw[11] ^= 1
    with pytest.raises(BadNote, match="does not fit"):
        WitnessKey.parse(POLICE.verifier_key).seen_at(
            "\n".join([*rest, f"{head} {base64.b64encode(raw).decode()}", ""])
        )


@pytest.mark.parametrize("before", [b"", b"\0" * 7, b"\0" * 9, (253_402_300_800).to_bytes(8), b"\xff" * 8])
def test_a_time_of_another_length_or_beyond_the_calendar_is_no_co_signature(before):
    message = (
        f"cosignature/v1\ntime {int.from_bytes(before)}\n{Checkpoint(ORIGIN, 9, root_hash(LEAVES)).text()}".encode()
    )
    signed = note() + POLICE._line(message, before)
    with pytest.raises(BadNote, match="does not fit"):
        WitnessKey.parse(POLICE.verifier_key).seen_at(signed)


def test_a_line_too_short_for_a_time_is_no_co_signature():
    key = WitnessKey.parse(POLICE.verifier_key)
    line = f"\u2014 {POLICE.name} {base64.b64encode(key.key_id + b'short').decode()}\n"
    with pytest.raises(BadNote, match="does not fit"):
        key.seen_at(note() + line)


def test_a_checkpoint_of_another_log_is_refused_though_the_key_signed_it():
    other = SIGNER.sign(Checkpoint("oulu.example/audit", 9, root_hash(LEAVES)).text())
    with pytest.raises(BadNote, match="of another log"):
        Trust.of(SIGNER.verifier_key).open(other)


def test_keys_of_logs_and_witnesses_are_not_taken_for_each_other():
    with pytest.raises(ValueError, match="not a witness's key"):
        WitnessKey.parse(SIGNER.verifier_key)
    with pytest.raises(ValueError, match="not an Ed25519 key"):
        Trust.of(POLICE.verifier_key)


def test_the_verdict_names_who_has_co_signed_and_asks_for_the_quorum():
    keys = [POLICE.verifier_key, SHELTER.verifier_key]
    one = POLICE.cosign(note(), AT)
    both = SHELTER.cosign(one, AT)
    for text, quorum, ok, names in (
        (both, None, True, [POLICE.name, SHELTER.name]),
        (one, None, False, []),
        (one, 1, True, [POLICE.name]),
        (one, 0, True, [POLICE.name]),
        (note(), 1, False, []),
    ):
        verdict = verify_parts(shown(), text, Trust.of(SIGNER.verifier_key, keys, quorum))
        assert (verdict.ok, verdict.witnesses) == (ok, names)


def test_one_witness_does_not_count_twice_and_a_quorum_can_be_reached():
    with pytest.raises(ValueError, match="named twice"):
        Trust.of(SIGNER.verifier_key, [POLICE.verifier_key] * 2)
    with pytest.raises(ValueError, match="cannot be reached"):
        Trust.of(SIGNER.verifier_key, [POLICE.verifier_key], 2)
    with pytest.raises(ValueError, match="cannot be reached"):
        Trust.of(SIGNER.verifier_key, [POLICE.verifier_key], -1)
    twice = POLICE.cosign(POLICE.cosign(note(), AT), AT)
    trust = Trust.of(SIGNER.verifier_key, [POLICE.verifier_key, SHELTER.verifier_key], 2)
    assert not verify_parts(shown(), twice, trust).ok


def test_an_update_reads_back():
    text = update(3, 9)
    assert Update.parse(text).text() == text
    assert text.startswith("old 3\n")
    for bad in ("", "old 3", "old 03\n\nx", "old -1\n\nx", "old 3\n!\n\nx", "old 3\n" + "AA==\n" * 64 + "\nx"):
        with pytest.raises(ValueError, match="checkpoint"):
            Update.parse(bad)


def test_a_witness_signs_what_goes_on(witness):
    for old, new in ((0, 3), (3, 4), (4, 9), (9, 9)):
        signed = witness.cosign(update(old, new), AT)
        assert WitnessKey.parse(POLICE.verifier_key).seen_at(signed) == AT
        assert witness.known.size == new


def test_a_witness_does_not_sign_twice_what_carries_its_line(witness):
    signed = witness.cosign(update(0, 3), AT)
    assert witness.cosign(Update(3, [], signed).text(), AT) is None


OTHER = [leaf_hash(b"another history"), *LEAVES[1:]]
CONTRADICTIONS = {
    "rewritten": (update(5, 9, OTHER), "does not go on"),
    "two histories of one size": (update(5, 5, OTHER), "two histories of 5"),
}


@pytest.mark.parametrize("how", CONTRADICTIONS)
def test_a_witness_never_signs_a_contradiction_and_keeps_the_evidence(witness, how):
    witness.cosign(update(0, 5), AT)
    text, reason = CONTRADICTIONS[how]
    with pytest.raises(Refused, match=reason):
        witness.cosign(text, AT)
    (kept,) = witness.evidence.iterdir()
    assert update(0, 5) in kept.read_text()
    assert text in kept.read_text()
    other = update(5, 6, OTHER)
    with pytest.raises(Refused):
        witness.cosign(other, AT)
    assert len(list(witness.evidence.iterdir())) == 2, "one contradiction does not replace another"
    assert witness.known.size == 5
    assert witness.cosign(update(5, 9), AT)


def test_a_witness_signs_neither_a_foreign_key_nor_a_proof_from_elsewhere(witness):
    witness.cosign(update(0, 5), AT)
    with pytest.raises(BadNote, match="not signed"):
        witness.cosign(update(5, 9, signer=Signer(ORIGIN, b"f" * 32)), AT)
    for old, new in ((4, 9), (0, 4), (6, 9)):
        with pytest.raises(Elsewhere, match="last saw 5"):
            witness.cosign(update(old, new), AT)
    assert witness.known.size == 5
    assert not witness.evidence.exists(), "what comes late or from elsewhere says nothing against the log"


def test_a_lost_answer_is_given_again_from_wherever_it_is_proved(witness):
    text = update(0, 5)
    assert witness.cosign(text, AT) == witness.cosign(text, AT) == witness.cosign(update(3, 5), AT)
    assert witness.cosign_known(AT) == witness.cosign(text, AT)
    with pytest.raises(Refused, match="two histories of 5"):
        witness.cosign(update(3, 5, OTHER), AT)


def test_an_older_checkpoint_shown_as_the_newest_is_kept_as_evidence(witness):
    witness.cosign(update(0, 5), AT)
    witness.went_back(note(5))
    with pytest.raises(Refused, match="went back from 5 entries to 4"):
        witness.went_back(note(4))
    (kept,) = witness.evidence.iterdir()
    assert note(5) in kept.read_text()
    assert note(4) in kept.read_text()


@pytest.mark.parametrize("size", [0, 10**19, 10**19 - 1, 2**63])
def test_a_size_that_no_tree_has_is_never_co_signed(witness, size):
    text = f"{ORIGIN}\n{size}\n{base64.b64encode(root_hash(LEAVES)).decode()}\n"
    with pytest.raises((BadNote, ValueError)):
        witness.cosign(Update(0, [], SIGNER.sign(text)).text(), AT)
    assert witness.known is None
    assert witness.cosign(update(0, 0), AT), "the empty tree has its own root"


def together(directory, text):
    """Co-sign in a process of its own; return the note, or nothing when it was refused."""
    try:
        return Witness(directory, POLICE, Trust.of(SIGNER.verifier_key)).cosign(text, AT)
    except (Refused, BadNote):
        return None


def test_processes_on_one_directory_never_co_sign_two_histories(tmp_path):
    with ProcessPoolExecutor(2) as pool:
        for number in range(20):
            directory = tmp_path / str(number)
            directory.mkdir()
            asked = [pool.submit(together, directory, update(0, 5, leaves)) for leaves in (LEAVES, OTHER) * 2]
            roots = {Update(0, [], done).note.splitlines()[2] for one in asked if (done := one.result())}
            assert len(roots) == 1


def test_what_was_seen_is_kept_before_the_signature_leaves(witness, monkeypatch):
    class DiesHere(Cosigner):
        def cosign(self, note, at):
            raise KeyboardInterrupt

    dying = Witness(witness.directory, DiesHere(POLICE.name, b"p" * 32), witness.log)
    with pytest.raises(KeyboardInterrupt):
        dying.cosign(update(0, 5), AT)
    assert witness.known.size == 5
    assert witness.cosign(update(5, 5), AT)
