import base64
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from multiagency.audit.bundle import verify, write
from multiagency.audit.checking import PROGRESS_STEP, Checker, Hidden, Shown, verify_parts
from multiagency.audit.checkpoint import Checkpoint
from multiagency.audit.note import BadNote, Signer
from multiagency.audit.ranges import cover
from multiagency.audit.tree import EMPTY_ROOT, leaf_hash, root_hash
from multiagency.audit.trust import Trust

ORIGIN = "lappi.example/audit"
SIGNER = Signer(ORIGIN, bytes(range(32)))
INTRUDER = Signer(ORIGIN, bytes(32))
TRUST = Trust.of(SIGNER.verifier_key)
ENTRIES = [f'{{"act":"read","number":{number}}}'.encode() for number in range(7)]

brief = settings(max_examples=60, derandomize=True, deadline=None)


def root_of(entries):
    return root_hash([leaf_hash(entry) for entry in entries])


def signed(entries, signer=SIGNER):
    return signer.sign(Checkpoint(ORIGIN, len(entries), root_of(entries)).text())


def bundle(entries=ENTRIES, note=None):
    out = io.BytesIO()
    write(out, note or signed(entries), [Shown(*numbered) for numbered in enumerate(entries)])
    return out.getvalue().splitlines(keepends=True)


def entry_line(index, entry):
    return json.dumps({"index": index, "entry": base64.b64encode(entry).decode()}).encode() + b"\n"


def numbered(entries=ENTRIES, start=0):
    return [Shown(index, entry, leaf_hash(entry)) for index, entry in enumerate(entries, start)]


def refused(verdict, first_bad, reason):
    assert not verdict.ok
    assert verdict.first_bad == first_bad
    assert reason in verdict.reason
    return True


def test_a_bundle_has_the_documented_lines():
    lines = bundle()
    assert json.loads(lines[0]) == {"format": "multiagency-audit-bundle-2", "checkpoint": signed(ENTRIES)}
    assert lines[0].startswith(b'{"format":"multiagency-audit-bundle-2","checkpoint":"lappi.example/audit\\n7\\n')
    assert lines[1] == b'{"index":0,"entry":"' + base64.b64encode(ENTRIES[0]) + b'"}\n'
    assert len(lines) == 1 + len(ENTRIES)


def test_an_untouched_bundle_is_good():
    verdict = verify(bundle(), TRUST)
    assert list(verdict.as_dict()) == ["ok", "entries", "tree_size", "root", "witnesses", "first_bad", "reason"]
    assert list(verdict.as_dict().values()) == [True, 7, 7, root_of(ENTRIES).hex(), [], None, None]


@brief
@given(st.lists(st.binary(max_size=20), max_size=20))
def test_what_is_written_verifies(entries):
    verdict = verify(bundle(entries), TRUST)
    assert (verdict.ok, verdict.entries, verdict.tree_size) == (True, len(entries), len(entries))
    assert verdict.root == root_of(entries).hex()


def test_an_edited_entry_changes_the_root():
    lines = bundle()
    lines[4] = entry_line(3, ENTRIES[3].replace(b"read", b"none"))
    verdict = verify(lines, TRUST)
    assert refused(verdict, None, "root")
    assert verdict.root != root_of(ENTRIES).hex()


@pytest.mark.parametrize("gone", range(6))
def test_a_deleted_entry_leaves_a_gap_or_a_short_log(gone):
    lines = bundle()
    del lines[1 + gone]
    assert refused(verify(lines, TRUST), gone, f"Entry {gone} was expected")
    renumbered = bundle([*ENTRIES[:gone], *ENTRIES[gone + 1 :]], signed(ENTRIES))
    assert refused(verify(renumbered, TRUST), 6, "counts 7 entries, only 6 were found")


def test_a_truncated_bundle_is_missed():
    assert refused(verify(bundle()[:-2], TRUST), 5, "only 5 were found")
    assert refused(verify(bundle()[:1], TRUST), 0, "only 0 were found")
    last = bundle()[-1]
    assert refused(verify([*bundle()[:-1], last[: len(last) // 2]], TRUST), 6, "not an entry")


def test_reordered_entries_are_out_of_order_or_change_the_root():
    lines = bundle()
    lines[3], lines[4] = lines[4], lines[3]
    assert refused(verify(lines, TRUST), 2, "Entry 2 was expected, entry 3 was found")
    renumbered = bundle([*ENTRIES[:2], ENTRIES[3], ENTRIES[2], *ENTRIES[4:]], signed(ENTRIES))
    assert refused(verify(renumbered, TRUST), None, "root")


@pytest.mark.parametrize("place", range(7))
def test_an_inserted_entry_repeats_an_index_or_changes_the_root(place):
    lines = bundle()
    lines.insert(1 + place, entry_line(place, b"forged"))
    assert refused(verify(lines, TRUST), place + 1, f"entry {place} was found")
    renumbered = [*ENTRIES[:place], b"forged", *ENTRIES[place:]]
    assert refused(verify(bundle(renumbered, signed(ENTRIES)), TRUST), None, "root")


def test_another_key_neither_signs_nor_opens():
    forged = [b"forged", *ENTRIES[1:]]
    verdict = verify(bundle(forged, signed(forged, INTRUDER)), TRUST)
    assert refused(verdict, None, "not signed by the key")
    assert (verdict.entries, verdict.tree_size, verdict.root) == (0, 0, EMPTY_ROOT.hex())
    assert refused(verify(bundle(), Trust.of(INTRUDER.verifier_key)), None, "not signed by the key")


@pytest.mark.parametrize(
    ("note", "reason"),
    [
        (signed(ENTRIES).replace("\n7\n", "\n6\n"), "does not fit"),
        (signed(ENTRIES).replace(ORIGIN, "oulu.example/audit", 1), "does not fit"),
        (SIGNER.sign("good morning\n"), "three lines"),
        ("", "blank line"),
        ("\ud800", "UTF-8"),
    ],
)
def test_what_is_no_signed_checkpoint_is_refused(note, reason):
    first = b'{"format":"multiagency-audit-bundle-2","checkpoint":' + json.dumps(note).encode() + b"}\n"
    assert refused(verify([first, *bundle()[1:]], TRUST), None, reason)


NO_HEADERS = b"""\

\xff
[]
{"format":"multiagency-audit-bundle-3","checkpoint":"x"}
{"format":"multiagency-audit-bundle-2"}
{"format":"multiagency-audit-bundle-2","checkpoint":7}
{"format":"multiagency-audit-bundle-2","checkpoint":"x","checkpoint":"y"}
""".splitlines(keepends=True)
NO_ENTRIES = b"""\

\xff
null
{"index":true,"entry":""}
{"index":1.0,"entry":""}
{"index":"1","entry":""}
{"index":1}
{"index":1,"entry":null}
{"index":1,"entry":"","more":0}
{"index":1,"entry":"AA==","entry":""}
{"index":1,"entry":"AB=="}
{"index":1,"entry":"\xc3\xa4"}
""".splitlines(keepends=True)
TOO_DEEP = b"[" * 100_000
TOO_LONG = b'{"index":' + b"9" * 5000 + b',"entry":""}'


@pytest.mark.parametrize("first", [[], [b""], [TOO_DEEP], *([line] for line in NO_HEADERS)])
def test_a_file_of_another_kind_is_refused(first):
    assert refused(verify([*first, *bundle()[1:]], TRUST), None, "does not begin")


@pytest.mark.parametrize("line", [b"", TOO_DEEP, TOO_LONG, *NO_ENTRIES])
def test_a_line_that_is_no_entry_is_the_first_bad_one(line):
    lines = bundle()
    lines[2] = line
    verdict = verify(lines, TRUST)
    assert refused(verdict, 1, "entry")
    assert verdict.entries == 1


@brief
@given(st.lists(st.binary(max_size=30) | st.sampled_from(bundle()), max_size=9))
def test_no_content_makes_the_verifier_raise(lines):
    assert verify(lines, TRUST).ok == (lines == bundle())


@brief
@given(st.data())
def test_no_byte_of_an_entry_can_change(data):
    lines = bundle()
    number = data.draw(st.integers(1, 7))
    position = data.draw(st.integers(0, len(lines[number]) - 2))
    byte = data.draw(st.integers(33, 255))
    if lines[number][position] != byte:
        lines[number] = lines[number][:position] + bytes([byte]) + lines[number][position + 1 :]
        assert not verify(lines, TRUST).ok


@pytest.mark.parametrize("bad", range(7))
def test_an_edited_entry_shows_in_its_leaf_hash_or_in_the_root(bad):
    items = numbered()
    assert verify_parts(items, signed(ENTRIES), TRUST).ok
    items[bad] = Shown(bad, b"edited", items[bad].stored_leaf_hash)
    verdict = verify_parts(items, signed(ENTRIES), TRUST)
    assert refused(verdict, bad, f"stored leaf hash of entry {bad}")
    assert verdict.entries == bad
    items[bad] = Shown(bad, b"edited", leaf_hash(b"edited"))
    assert refused(verify_parts(items, signed(ENTRIES), TRUST), None, "root")


@pytest.mark.parametrize(
    ("order", "first_bad"), [([0, 2], 1), ([0, 0], 1), ([1, 0], 0), ([0, 1, 2, 1], 3), ([-1, 0], 0), ([7], 0)]
)
def test_the_index_expected_is_the_first_bad_one(order, first_bad):
    items = [Shown(index, ENTRIES[0]) for index in order]
    assert refused(verify_parts(items, signed(ENTRIES), TRUST), first_bad, f"Entry {first_bad} was expected")


def test_entries_after_the_checkpoint_are_checked_but_stay_out_of_the_root():
    note = signed(ENTRIES[:5])
    verdict = verify_parts(numbered(), note, TRUST)
    assert (verdict.ok, verdict.entries, verdict.tree_size) == (True, 7, 5)
    assert verdict.root == root_of(ENTRIES[:5]).hex()
    gap = [*numbered()[:5], *numbered()[6:]]
    assert refused(verify_parts(gap, note, TRUST), 5, "Entry 5 was expected")
    edited = [*numbered()[:6], Shown(6, b"edited", leaf_hash(ENTRIES[6]))]
    assert refused(verify_parts(edited, note, TRUST), 6, "stored leaf hash")


def test_sec0004_a_bundle_shows_nothing_that_its_checkpoint_does_not_cover():
    lines = [*bundle(), entry_line(len(ENTRIES), b"forged")]
    assert refused(verify(lines, TRUST), len(ENTRIES), "does not cover")


def test_an_untrusted_checkpoint_ends_the_reading_and_errors_of_the_source_come_through():
    def broken():
        yield numbered()[0]
        raise ConnectionError

    assert refused(verify_parts(broken(), signed(ENTRIES, INTRUDER), TRUST), None, "not signed")
    with pytest.raises(ConnectionError):
        verify_parts(broken(), signed(ENTRIES), TRUST)


def test_progress_is_told_now_and_then_and_at_the_end():
    told = []
    assert verify(bundle([b""] * (2 * PROGRESS_STEP + 1)), TRUST, lambda *at: told.append(at)).ok
    size = 2 * PROGRESS_STEP + 1
    assert told == [(PROGRESS_STEP, size), (2 * PROGRESS_STEP, size), (size, size)]


def test_the_checker_keeps_the_first_fault():
    checker = Checker(signed(ENTRIES), TRUST)
    assert checker.add(Shown(0, ENTRIES[0]))
    assert not checker.add(Shown(2, ENTRIES[2]))
    assert not checker.add(Shown(1, ENTRIES[1]))
    assert refused(checker.finish(), 1, "entry 2 was found")


def parts(first, last, entries=ENTRIES):
    """The entries from `first` up to before `last`; what lies around them as the roots of subtrees."""
    leaves = [leaf_hash(entry) for entry in entries]

    def hidden(low, high):
        for level, index in cover(low, high):
            begin = index << level
            yield Hidden(begin, level, root_hash(leaves[begin : begin + (1 << level)]))

    return [*hidden(0, first), *map(Shown, range(first, last), entries[first:last]), *hidden(last, len(entries))]


def part_of(first, last):
    out = io.BytesIO()
    write(out, signed(ENTRIES), parts(first, last))
    return out.getvalue().splitlines(keepends=True)


@pytest.mark.parametrize(("first", "last"), [(0, 7), (3, 5), (6, 7), (0, 1), (2, 2), (7, 7)])
def test_a_part_of_the_log_proves_itself(first, last):
    verdict = verify(part_of(first, last), TRUST)
    assert (verdict.ok, verdict.entries, verdict.tree_size) == (True, last - first, 7)
    assert verdict.root == root_of(ENTRIES).hex()


def test_a_part_of_another_log_does_not():
    for place in range(1, 5):
        lines = part_of(3, 5)
        other = json.loads(lines[place])
        field = "entry" if "entry" in other else "hash"
        content = base64.b64decode(other[field])
        other[field] = base64.b64encode(bytes([content[0] ^ 1]) + content[1:]).decode()
        lines[place] = json.dumps(other).encode()
        assert refused(verify(lines, TRUST), None, "root")


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        (Hidden(0, 3, bytes(32)), "reaches beyond"),
        (Hidden(0, 0, b"short"), "32 bytes"),
        (Hidden(1, 0, bytes(32)), "Entry 0 was expected"),
    ],
)
def test_a_stretch_that_cannot_be_is_refused(part, reason):
    assert refused(verify_parts([part], signed(ENTRIES), TRUST), 0, reason)


def test_a_stretch_begins_where_its_subtree_can():
    odd = [*parts(0, 7)[:1], Hidden(1, 1, bytes(32))]
    assert refused(verify_parts(odd, signed(ENTRIES), TRUST), 1, "cannot begin at leaf 1")


@pytest.mark.parametrize("line", [b'{"index":0,"level":64,"hash":""}', b'{"index":0,"level":true,"hash":"AA=="}'])
def test_a_level_is_a_small_number(line):
    assert refused(verify([bundle()[0], line], TRUST), 0, "not an entry")


def against(note):
    return Trust.of(SIGNER.verifier_key, kept=note)


@pytest.mark.parametrize("size", range(8))
def test_a_kept_checkpoint_must_still_fit(size):
    assert verify(bundle(), against(signed(ENTRIES[:size]))).ok
    other = [b"another history", *ENTRIES[1:]][:size]
    verdict = verify(bundle(), against(signed(other)))
    assert verdict.ok if size == 0 else refused(verdict, None, "rewritten")


def test_a_log_that_went_back_is_told_by_the_kept_checkpoint():
    old = bundle(ENTRIES[:4])
    assert verify(old, TRUST).ok
    assert refused(verify(old, against(signed(ENTRIES))), None, "went back: 7 entries were signed before, now 4")


def test_a_part_that_does_not_show_the_kept_size_says_so():
    assert refused(verify(part_of(6, 7), against(signed(ENTRIES[:3]))), None, "take more of it")
    assert verify(part_of(3, 5), against(signed(ENTRIES[:3]))).ok


def test_a_kept_checkpoint_of_another_key_is_no_measure():
    with pytest.raises(BadNote):
        against(signed(ENTRIES, INTRUDER))
