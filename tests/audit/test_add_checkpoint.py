"""The witness's door for logs, as C2SP tlog-witness describes it, over HTTP."""

import http.client
import threading

import pytest
from tests.audit.test_cosignature import AT, EXAMPLE, LEAVES, ORIGIN, OTHER, POLICE, SIGNER, note, update

from multiagency.audit.add_checkpoint import LARGEST, SIZE_TYPE, server
from multiagency.audit.checkpoint import Checkpoint
from multiagency.audit.cosignature import WitnessKey
from multiagency.audit.cosigner import Witness
from multiagency.audit.note import Signer
from multiagency.audit.tree import root_hash
from multiagency.audit.trust import Trust
from multiagency.audit.update import Update


@pytest.fixture
def witness(tmp_path):
    return Witness(tmp_path, POLICE, Trust.of(SIGNER.verifier_key))


@pytest.fixture
def ask(witness):
    with server(witness, "127.0.0.1", 0) as serving:
        thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        connection = http.client.HTTPConnection("127.0.0.1", serving.server_port)

        def post(body, path="/add-checkpoint", **headers):
            connection.request("POST", path, body.encode(), headers)
            answer = connection.getresponse()
            return answer.status, answer.headers["Content-Type"], answer.read().decode()

        yield post
        connection.close()
        serving.shutdown()
        thread.join()


def test_it_answers_co_signature_lines_and_goes_on_from_there(ask, witness):
    for old, new in ((0, 0), (0, 3), (3, 3), (3, 9)):
        status, _, lines = ask(update(old, new))
        assert status == 200
        assert lines.startswith("\u2014 ")
        assert WitnessKey.parse(POLICE.verifier_key).seen_at(note(new) + lines) is not None
        assert (witness.known.size if new else 0) == new
    carried = Update(9, [], POLICE.cosign(note(9), AT)).text()
    assert ask(carried)[0] == 200, "a line of one's own in the request does no harm"


CONFLICTS = {"never saw that": (4, 9), "saw more": (0, 9), "older": (0, 3)}


@pytest.mark.parametrize("how", CONFLICTS)
def test_another_old_size_is_answered_with_the_known_one(ask, how):
    ask(update(0, 5))
    assert ask(update(*CONFLICTS[how])) == (409, SIZE_TYPE, "5\n")


def test_a_fork_is_a_conflict_or_unprocessable_and_its_evidence_is_kept(ask, witness):
    ask(update(0, 5))
    assert ask(update(5, 5, OTHER)) == (409, SIZE_TYPE, "5\n")
    assert ask(update(5, 9, OTHER))[0] == 422
    assert ask(Update(5, [], note(9)).text())[0] == 422
    assert len(list(witness.evidence.iterdir())) == 3
    assert witness.known.root == root_hash(LEAVES[:5])


ELSE = Signer(ORIGIN, b"f" * 32)
REFUSED = {
    "another log": (Update(0, [], EXAMPLE).text(), 404),
    "another key": (update(0, 3, signer=ELSE), 403),
    "no signature": (update(0, 3).rpartition("\u2014")[0], 400),
    "an old size beyond the new": (Update(9, [], note(3)).text(), 400),
    "a proof from nothing": (Update(0, [bytes(32)], note(3)).text(), 422),
    "too many hashes": (Update(0, [bytes(32)] * 64, note(3)).text(), 400),
    "an empty tree of another root": (
        Update(0, [], SIGNER.sign(Checkpoint(ORIGIN, 1, bytes(32)).text().replace("\n1\n", "\n0\n"))).text(),
        400,
    ),
    "a size of twenty digits": (
        Update(0, [], SIGNER.sign(note(1).partition("\n\n")[0].replace("\n1\n", f"\n{10**19}\n") + "\n")).text(),
        400,
    ),
    "nothing": ("", 400),
    "no text": ("\x00", 400),
    "too much": ("x" * (LARGEST + 1), 400),
}


@pytest.mark.parametrize("how", REFUSED)
def test_whatever_is_wrong_has_its_status_and_is_not_co_signed(ask, witness, how):
    body, status = REFUSED[how]
    assert ask(body)[0] == status
    assert witness.known is None


def test_there_is_no_other_door(ask):
    assert ask(update(0, 3), "/other")[0] == 404


def test_keys_lines_and_requests_have_the_published_form():
    """Signature lines and roots of C2SP's own example read as its text says."""
    checkpoint = Checkpoint.parse(EXAMPLE.partition("\n\n")[0] + "\n")
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert update(0, 3).startswith("old 0\n\n")
