import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from multiagency.audit.tree import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_hash,
    verify_consistency,
    verify_inclusion,
)

# The reference vectors of the certificate-transparency implementations: eight leaves, the root at each size from 0,
# audit paths as (index, size, path) and consistency proofs as (old size, new size, proof).
INPUTS = [
    bytes.fromhex(text)
    for text in ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAF_1 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
LEAF_4 = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
NODE_2_3 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
NODE_4_5 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
NODE_6_7 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
NODE_4_7 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
INCLUSION = [
    (0, 1, []),
    (0, 8, [LEAF_1, NODE_2_3, NODE_4_7]),
    (5, 8, [LEAF_4, NODE_6_7, ROOTS[4]]),
    (2, 3, [ROOTS[2]]),
]
CONSISTENCY = [
    (1, 1, []),
    (1, 8, [LEAF_1, NODE_2_3, NODE_4_7]),
    (6, 8, [NODE_4_5, NODE_6_7, ROOTS[4]]),
    (2, 5, [NODE_2_3, LEAF_4]),
]

LEAVES = [leaf_hash(data) for data in INPUTS]
MANY = [leaf_hash(number.to_bytes(2)) for number in range(70)]
FOREIGN = leaf_hash(b"not in the tree")

brief = settings(max_examples=60, derandomize=True, deadline=None)


def unhex(path):
    return [bytes.fromhex(node) for node in path]


def mutations(proof):
    """Every proof that differs from `proof` by one bit, one missing, one added or one misplaced node."""
    for position, node in enumerate(proof):
        for changed in (bytes([node[0] ^ 1]) + node[1:], node[:-1] + bytes([node[-1] ^ 0x80]), FOREIGN):
            yield [*proof[:position], changed, *proof[position + 1 :]]
        yield [*proof[:position], *proof[position + 1 :]]
        if position and proof[position - 1] != node:
            yield [*proof[: position - 1], node, proof[position - 1], *proof[position + 1 :]]
    yield [*proof, FOREIGN]
    yield [FOREIGN, *proof]
    yield [*proof, *proof[-1:], b""]


def test_leaf_and_node_hashes_are_told_apart_by_their_first_byte():
    assert leaf_hash(b"ab") == hashlib.sha256(b"\x00ab").digest()
    assert node_hash(b"a", b"b") == hashlib.sha256(b"\x01ab").digest()


@pytest.mark.parametrize("size", range(9))
def test_roots_are_the_reference_roots(size):
    assert root_hash(LEAVES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size", "path"), INCLUSION)
def test_audit_paths_are_the_reference_paths(index, size, path):
    assert inclusion_proof(index, LEAVES[:size]) == unhex(path)
    assert verify_inclusion(LEAVES[index], index, size, unhex(path), bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("old", "new", "proof"), CONSISTENCY)
def test_consistency_proofs_are_the_reference_proofs(old, new, proof):
    assert consistency_proof(old, LEAVES[:new]) == unhex(proof)
    assert verify_consistency(old, new, bytes.fromhex(ROOTS[old]), bytes.fromhex(ROOTS[new]), unhex(proof))


def test_every_leaf_of_every_small_tree_is_proven():
    for size in range(1, 34):
        root = root_hash(MANY[:size])
        for index in range(size):
            assert verify_inclusion(MANY[index], index, size, inclusion_proof(index, MANY[:size]), root)


def test_every_beginning_of_every_small_tree_is_proven():
    for new in range(34):
        root = root_hash(MANY[:new])
        for old in range(new + 1):
            proof = consistency_proof(old, MANY[:new])
            assert verify_consistency(old, new, root_hash(MANY[:old]), root, proof)


@brief
@given(st.data())
def test_a_mutated_inclusion_proof_is_refused(data):
    size = data.draw(st.integers(1, len(MANY)))
    index = data.draw(st.integers(0, size - 1))
    leaf, root, proof = MANY[index], root_hash(MANY[:size]), inclusion_proof(index, MANY[:size])
    assert verify_inclusion(leaf, index, size, proof, root)
    assert not any(verify_inclusion(leaf, index, size, mutated, root) for mutated in mutations(proof))
    assert not verify_inclusion(FOREIGN, index, size, proof, root)
    assert not verify_inclusion(leaf, index, size, proof, FOREIGN)
    other = data.draw(st.integers(-2, size + 1).filter(lambda position: position != index))
    assert not verify_inclusion(leaf, other, size, proof, root)


@brief
@given(st.data())
def test_a_mutated_consistency_proof_is_refused(data):
    new = data.draw(st.integers(1, len(MANY)))
    old = data.draw(st.integers(0, new))
    before, after, proof = root_hash(MANY[:old]), root_hash(MANY[:new]), consistency_proof(old, MANY[:new])
    assert verify_consistency(old, new, before, after, proof)
    assert not any(verify_consistency(old, new, before, after, mutated) for mutated in mutations(proof))
    assert not verify_consistency(old, new, FOREIGN, after, proof)
    # No leaf of the empty tree could contradict the new root: there the new root is free.
    assert old == 0 or not verify_consistency(old, new, before, FOREIGN, proof)
    assert not verify_consistency(new + 1, new, before, after, proof)
    assert not verify_consistency(-1, new, before, after, proof)


@brief
@given(st.data())
def test_a_rewritten_history_has_no_consistency_proof(data):
    new = data.draw(st.integers(2, len(MANY)))
    old = data.draw(st.integers(1, new - 1))
    changed = data.draw(st.integers(0, old - 1))
    rewritten = [*MANY[:changed], FOREIGN, *MANY[changed + 1 : new]]
    proof = consistency_proof(old, rewritten)
    assert not verify_consistency(old, new, root_hash(MANY[:old]), root_hash(rewritten), proof)


def test_a_proof_does_not_pass_for_a_taller_or_lower_tree():
    roots = [bytes.fromhex(root) for root in ROOTS]
    assert not verify_inclusion(LEAVES[0], 0, 8, inclusion_proof(0, LEAVES[:4]), roots[4])
    assert not verify_inclusion(LEAVES[7], 3, 4, inclusion_proof(7, LEAVES), roots[8])
    assert not verify_consistency(2, 8, roots[2], roots[4], consistency_proof(2, LEAVES[:4]))
    assert not verify_consistency(3, 4, roots[7], roots[8], consistency_proof(7, LEAVES))


@brief
@given(st.lists(st.one_of(st.binary(max_size=40), st.none(), st.text(max_size=3)), max_size=8), st.integers(-3, 70))
def test_malformed_proofs_are_refused_without_an_error(proof, number):
    root = root_hash(MANY)
    assert not verify_inclusion(MANY[0], number, len(MANY), proof, root)
    assert not verify_inclusion(MANY[0], 0, len(MANY), proof, b"short")
    assert not verify_consistency(number, len(MANY) + 1, root_hash(MANY[: max(number, 1)]), root, proof)


@brief
@given(st.lists(st.binary(max_size=8), max_size=70), st.integers(0, 70))
def test_the_frontier_has_the_root_of_the_whole_tree_also_when_resumed(entries, stop):
    hashes = [leaf_hash(entry) for entry in entries]
    frontier = Frontier()
    for leaf in hashes[:stop]:
        frontier.append(leaf)
    frontier = Frontier(frontier.size, frontier.nodes)
    for leaf in hashes[stop:]:
        frontier.append(leaf)
    assert frontier.size == len(hashes)
    assert frontier.root() == root_hash(hashes)


def test_the_frontier_agrees_with_the_recursive_definition():
    def defined(hashes):
        if not hashes:
            return EMPTY_ROOT
        if len(hashes) == 1:
            return hashes[0]
        left = 1
        while left * 2 < len(hashes):
            left *= 2
        return node_hash(defined(hashes[:left]), defined(hashes[left:]))

    frontier = Frontier()
    for size in range(len(MANY)):
        assert frontier.root() == defined(MANY[:size])
        frontier.append(MANY[size])


def test_a_large_tree_needs_no_recursion():
    leaves = [FOREIGN] * 100_001
    proof = inclusion_proof(100_000, leaves)
    assert verify_inclusion(FOREIGN, 100_000, len(leaves), proof, root_hash(leaves))


@pytest.mark.parametrize("index", [-1, 8])
def test_a_leaf_that_is_not_there_cannot_be_proven(index):
    with pytest.raises(ValueError, match="no leaf"):
        inclusion_proof(index, LEAVES)


@pytest.mark.parametrize("old_size", [-1, 9])
def test_a_beginning_that_is_not_there_cannot_be_proven(old_size):
    with pytest.raises(ValueError, match="no beginning"):
        consistency_proof(old_size, LEAVES)


@pytest.mark.parametrize(("size", "nodes"), [(1, []), (3, [FOREIGN]), (-1, [FOREIGN]), (0, [FOREIGN])])
def test_a_frontier_does_not_resume_from_what_does_not_fit(size, nodes):
    with pytest.raises(ValueError, match="frontier nodes"):
        Frontier(size, nodes)


def test_only_hashes_enter_the_tree():
    with pytest.raises(ValueError, match="32 bytes"):
        Frontier().append(b"short")
    with pytest.raises(ValueError, match="32 bytes"):
        Frontier(1, [b"short"])
