import gc
import logging
import smtplib
import socket
import stat
import time
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import pytest

from multiagency.embedded.mailsink import MailSink


def _mail(subject: str, to: str = "aino@kunta.example") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "kokous@palvelu.example", to, subject
    mail.set_content("Hyvä osallistuja,\n\n.piste rivin alussa\nhttp://127.0.0.1:8000/k/1\n")
    return mail


def _send(sink: MailSink, *mails: EmailMessage) -> None:
    with smtplib.SMTP(sink.host, sink.port, timeout=5) as client:
        for mail in mails:
            client.send_message(mail)


def test_messages_are_kept_whole_and_in_order(tmp_path: Path) -> None:
    with MailSink(tmp_path / "mail") as sink:
        _send(sink, _mail("Kutsu ä"), _mail("Toinen"))
        _send(sink, _mail("Kolmas"))
        assert [m["Subject"] for m in sink.messages()] == ["Kutsu ä", "Toinen", "Kolmas"]
        assert ".piste rivin alussa" in sink.messages()[0].get_content().splitlines()
    assert sorted(p.name for p in sink.directory.iterdir()) == ["000001.eml", "000002.eml", "000003.eml"]
    assert {stat.S_IMODE(p.stat().st_mode) for p in sink.directory.iterdir()} == {0o600}
    assert stat.S_IMODE(sink.directory.stat().st_mode) == 0o700


def test_a_message_is_stored_byte_for_byte(tmp_path: Path) -> None:
    content = b"Subject: x\r\nX-Odd:   spaces \r\n\r\n..two dots\r\nend\r\n"
    with MailSink(tmp_path) as sink, smtplib.SMTP(sink.host, sink.port, timeout=5) as client:
        client.sendmail("a@palvelu.example", ["b@kunta.example", "c@kunta.example"], content)
    assert [p.read_bytes() for p in tmp_path.iterdir()] == [content]


def test_numbers_go_on_after_a_restart(tmp_path: Path) -> None:
    with MailSink(tmp_path) as first:
        _send(first, _mail("1"), _mail("2"))
    (tmp_path / ".stray.part").write_text("half a message")
    with MailSink(tmp_path) as second:
        _send(second, _mail("3"))
        assert second.numbers() == [1, 2, 3]
        assert [m["Subject"] for m in second.messages()] == ["1", "2", "3"]


def test_numbers_sort_as_numbers(tmp_path: Path) -> None:
    for number in (999999, 1000000, 2):
        (tmp_path / f"{number:06d}.eml").write_text(f"Subject: {number}\n\n")
    assert [m["Subject"] for m in MailSink(tmp_path).messages()] == ["2", "999999", "1000000"]


def test_quick_restarts_keep_the_port(tmp_path: Path) -> None:
    sink = MailSink(tmp_path)
    ports = set()
    for _ in range(5):
        with sink:
            _send(sink, _mail("x"))
            ports.add(sink.port)
    assert len(ports) == 1
    assert 0 not in ports
    assert len(sink.messages()) == 5


def test_stop_ends_open_conversations_and_closes_the_port(tmp_path: Path) -> None:
    sink = MailSink(tmp_path)
    sink.start()
    with smtplib.SMTP(sink.host, sink.port, timeout=5) as client:
        client.ehlo()
        begun = time.monotonic()
        sink.stop()
        assert time.monotonic() - begun < 2
        with pytest.raises(smtplib.SMTPServerDisconnected):
            client.noop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((sink.host, sink.port), timeout=1)
    sink.stop()


def test_stop_ends_a_conversation_that_has_hardly_begun(tmp_path: Path) -> None:
    sink = MailSink(tmp_path)
    sink.start()
    with socket.create_connection((sink.host, sink.port), timeout=2) as client:
        sink.stop()
        # A greeting may have been sent already; what counts is that the end of the stream comes.
        while client.recv(1024):
            pass
    gc.collect()


def test_stop_does_not_wait_for_a_client_that_never_reads(tmp_path: Path) -> None:
    sink = MailSink(tmp_path)
    sink.start()
    with socket.create_connection((sink.host, sink.port), timeout=0.2) as client:
        with suppress(TimeoutError):
            for _ in range(100_000):
                client.sendall(b"EHLO x\r\n" * 100)
        sink.stop()
        client.settimeout(2)
        with suppress(ConnectionResetError):
            while client.recv(65536):
                pass
    gc.collect()


def test_a_taken_port_and_a_second_start_are_told_at_once(tmp_path: Path) -> None:
    with MailSink(tmp_path / "a") as sink:
        with pytest.raises(OSError, match="in use"):
            MailSink(tmp_path / "b", port=sink.port).start()
        with pytest.raises(RuntimeError, match="already"):
            sink.start()


async def test_a_refused_recipient_can_be_tried_again(tmp_path: Path) -> None:
    asked: list[str] = []

    def later(address: str) -> str | None:
        asked.append(address)
        return "451 try later" if address.startswith("aino") else None

    with MailSink(tmp_path, refuse=later) as sink:
        with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refusal:
            await aiosmtplib.send(_mail("Kutsu"), hostname=sink.host, port=sink.port)
        assert refusal.value.recipients[0].code == 451
        await aiosmtplib.send(_mail("Kutsu", "eino@kunta.example"), hostname=sink.host, port=sink.port)
        sink.refuse = None
        await aiosmtplib.send(_mail("Kutsu"), hostname=sink.host, port=sink.port)
        assert [m["To"] for m in sink.messages()] == ["eino@kunta.example", "aino@kunta.example"]
    assert asked == ["aino@kunta.example", "eino@kunta.example"]


def test_a_message_that_cannot_be_stored_is_refused_for_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    with MailSink(tmp_path) as sink:
        monkeypatch.setattr(Path, "rename", full)
        with pytest.raises(smtplib.SMTPDataError) as refusal:
            _send(sink, _mail("x"))
        monkeypatch.undo()
        assert refusal.value.smtp_code == 451
        assert list(tmp_path.iterdir()) == []
        _send(sink, _mail("y"))
        assert sink.numbers() == [1]


def test_addresses_stay_out_of_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO), MailSink(tmp_path) as sink:
        _send(sink, _mail("Kutsu"))
    assert "aino" not in caplog.text


def test_a_missing_message_is_none(tmp_path: Path) -> None:
    assert MailSink(tmp_path).message(1) is None
    assert MailSink(tmp_path / "never-started").messages() == []
