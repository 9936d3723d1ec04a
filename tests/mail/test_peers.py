"""Mail servers that misbehave: each message stands as it truly does, and nothing is lost, doubled or held up by it."""

import ssl
from collections import Counter
from types import SimpleNamespace

import pytest
from tests.mail.peers import HANG_UP, SILENT, Peer

from multiagency.kernel.ids import uuid7
from multiagency.mail import smtp
from multiagency.mail.message import Envelope, build
from multiagency.mail.outbox import REFUSED, SENT, WAITING
from multiagency.mail.smtp import Letter, hand_over

LONG = 30.0


def letter(to="aino@police.example", text="Tule kokoukseen torstaina."):
    envelope = Envelope("kokous-x@kutsu.example", "Kokouskutsut", to, f"<{uuid7()}@kutsu.example>")
    return Letter(uuid7(), build(envelope, "Kokouskutsu", text))


def settings(port, tls="none"):
    return SimpleNamespace(smtp_host="127.0.0.1", smtp_port=port, smtp_username=None, smtp_password=None, smtp_tls=tls)


async def outcome_at(peer, tls="none", given=None):
    """What becomes of a message at this server, while another one follows over the same line."""
    given = given or letter()
    async with peer.listening() as port:
        return (await hand_over(settings(port, tls), [given], LONG))[given.id]


OVERSIZED = b"250-" + b"x" * 100_000 + b"\r\n250 ok\r\n"
GARBAGE = b"\x00\xff\x16\x03 not smtp at all\r\n"
KINDS = {
    # what the server does: (its script, how the message stands, whether it may have arrived)
    "421 at connect": ({"connect": "421 too busy"}, WAITING, False),
    "554 at connect": ({"connect": "554 no service here"}, WAITING, False),
    "hangs up at connect": ({"connect": HANG_UP}, WAITING, False),
    "garbage at connect": ({"connect": GARBAGE}, WAITING, False),
    "hangs up at EHLO": ({"EHLO": HANG_UP}, WAITING, False),
    "4xx at the sender": ({"MAIL": "451 later"}, WAITING, False),
    "5xx at the sender": ({"MAIL": "553 not from you"}, WAITING, False),
    "greylisting": ({"RCPT": "450 4.2.0 greylisted, try again"}, WAITING, False),
    "5xx at the recipient": ({"RCPT": "550 5.1.1 no such user"}, REFUSED, False),
    "421 at the recipient": ({"RCPT": "421 closing"}, WAITING, False),
    "hangs up at the recipient": ({"RCPT": HANG_UP}, WAITING, False),
    "4xx at DATA": ({"DATA": "452 no space"}, WAITING, False),
    "5xx at DATA": ({"DATA": "554 5.7.1 rejected"}, REFUSED, False),
    "hangs up at DATA": ({"DATA": HANG_UP}, WAITING, True),
    "4xx after the message": ({".": "451 scanner is down"}, WAITING, False),
    "5xx after the message": ({".": "552 5.3.4 too big"}, REFUSED, False),
    "hangs up after the message": ({".": HANG_UP}, WAITING, True),
    "garbage after the message": ({".": GARBAGE}, WAITING, True),
    "an answer without end": ({"RCPT": b"250-" + b"x" * 200_000}, WAITING, False),
    "an oversized answer": ({"MAIL": OVERSIZED}, WAITING, False),
    "silent at connect": ({"connect": SILENT}, WAITING, False),
    "silent at the recipient": ({"RCPT": SILENT}, WAITING, False),
    "silent after the message": ({".": SILENT}, WAITING, True),
}


@pytest.mark.parametrize("kind", KINDS)
async def test_a_server_that_misbehaves_leaves_the_message_as_it_truly_stands(kind, monkeypatch):
    monkeypatch.setattr(smtp, "DIALOGUE", 0.3)
    script, state, may_have_left = KINDS[kind]
    outcome = await outcome_at(Peer(**script))
    assert (outcome.state, outcome.may_have_left) == (state, may_have_left)
    assert outcome.ours is False


async def test_without_tls_nothing_is_said_where_it_is_required():
    peer = Peer()
    outcome = await outcome_at(peer, tls="required")
    assert (outcome.state, outcome.may_have_left, peer.taken) == (WAITING, False, [])


async def test_a_server_that_speaks_no_tls_from_the_first_byte_on_gets_nothing(monkeypatch):
    monkeypatch.setattr(smtp, "DIALOGUE", 0.5)
    peer = Peer()
    outcome = await outcome_at(peer, tls="implicit")
    assert (outcome.state, outcome.may_have_left, peer.taken) == (WAITING, False, [])


async def test_f9_implicit_tls_is_spoken_from_the_first_byte_on(tmp_path, monkeypatch):
    made = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made)
    monkeypatch.setenv("SSL_CERT_FILE", str(made))
    peer, given = Peer(), letter()
    async with peer.listening(context) as port:
        where = settings(port, "implicit")
        where.smtp_host = "localhost"
        outcome = (await hand_over(where, [given], LONG))[given.id]
    assert (outcome.state, len(peer.taken)) == (SENT, 1)


async def test_f5_one_limit_holds_for_the_whole_dialogue_however_slowly_each_answer_comes(monkeypatch):
    monkeypatch.setattr(smtp, "DIALOGUE", 0.5)
    peer = Peer(delay=0.2)  # six answers, each in time
    outcome = await outcome_at(peer)
    assert (outcome.state, peer.taken) == (WAITING, [])


async def test_one_refusal_stops_neither_the_others_nor_their_line():
    """Twelve refusals between twelve that are taken, over four lines at most: none of them is made anew."""
    peer = Peer(RCPT=["250 ok", "550 no", "250 ok", "451 later"] * 6)
    letters = [letter() for _ in range(24)]
    async with peer.listening() as port:
        outcomes = await hand_over(settings(port), letters, LONG)
    assert Counter(outcome.state for outcome in outcomes.values()) == {REFUSED: 6, SENT: 12, WAITING: 6}
    assert (len(peer.taken), peer.connections) == (12, 4)


async def test_several_at_once_over_kept_connections_and_each_message_once():
    peer = Peer()
    letters = [letter(text=f"numero {number}") for number in range(60)]
    async with peer.listening() as port:
        outcomes = await hand_over(settings(port), letters, LONG)
    assert {outcome.state for outcome in outcomes.values()} == {SENT}
    assert len(set(peer.taken)) == len(peer.taken) == 60
    assert peer.most_at_once > 1
    assert peer.connections == 4


async def test_a_server_that_takes_few_connections_is_given_all_over_those_it_takes():
    peer = Peer(connect=["220 first", *["421 too many connections"] * 3])
    letters = [letter() for _ in range(12)]
    async with peer.listening() as port:
        outcomes = await hand_over(settings(port), letters, LONG)
    assert [outcome.state for outcome in outcomes.values()] == [SENT] * 12


async def test_a_broken_line_is_made_anew_for_the_next_message():
    peer = Peer(**{".": [HANG_UP, "250 ok"]})
    letters = [letter(), letter(), letter(), letter(), letter()]
    async with peer.listening() as port:
        outcomes = await hand_over(settings(port), letters, LONG)
    assert sorted(outcome.state for outcome in outcomes.values()) == [SENT] * 4 + [WAITING]
    assert len(peer.taken) == 4


async def test_what_does_not_begin_in_time_is_given_back():
    peer, letters = Peer(), [letter() for _ in range(3)]
    async with peer.listening() as port:
        assert await hand_over(settings(port), letters, 0.0) == {}
    assert peer.taken == []


@pytest.mark.parametrize("to", ["todistaja@säkylä.example", "", "nobody", "matti.meikäläinen@police.example"])
async def test_f1_an_odd_address_is_that_messages_own_failure(to):
    peer, good = Peer(), letter()
    odd = Letter(uuid7(), good.message.replace(b"aino@police.example", to.encode()))
    async with peer.listening() as port:
        outcomes = await hand_over(settings(port), [odd, good], LONG)
    assert (outcomes[good.id].state, len(peer.taken)) == (SENT, 1)
    assert (outcomes[odd.id].state, outcomes[odd.id].may_have_left) == (WAITING, False)


SECRET = "Yx3kVJt0uQn2wq8-Zp5rT7aBcDeFgHiJkLmNoPqRsTu"


async def test_sec0047_of_a_servers_refusal_nothing_of_the_message_is_kept():
    said = f"554 5.7.1 spam http://x.example/j/{SECRET} to aino@police.example, torstaina kokoukseen, {SECRET} refused"
    outcome = await outcome_at(
        Peer(**{".": said}), given=letter(text=f"Tule torstaina kokoukseen: https://x.example/j/{SECRET}")
    )
    assert outcome.words == "554 5.7.1 spam … to … refused"


ECHOED = {
    "its subject": ("Kokouskutsu is spam", "550 … is spam"),
    "its sender": ("Kokouskutsut is not known", "550 … is not known"),
    "its recipient, taken apart": ("no mailbox aino at police", "550 no mailbox … at …"),
    "an address it was sent on to": ("try matti@elsewhere.example", "550 try …"),
    "a number of somebody's": ("call 0401234567 or ticket=77", "550 call … or …"),
    "more than a page shows": ("no " * 90, " ".join(["550", *["no"] * 39])),
}


@pytest.mark.parametrize("how", ECHOED)
async def test_sec0047_plain_words_of_the_servers_own_stay_and_nothing_else(how):
    said, kept = ECHOED[how]
    outcome = await outcome_at(Peer(RCPT=f"550 {said}"), given=letter(text="Tule torstaina."))
    assert outcome.words == kept


def certificate(directory):
    """A key and its certificate for localhost, in one file."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name.from_rfc4514_string("CN=localhost")
    begin = datetime.now(UTC) - timedelta(hours=1)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(begin).not_valid_after(begin + timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    file = directory / "peer.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return file
