"""Postfix and Dovecot, started in a directory and on ports of their own: never the system's instance.

Both need root to begin with. Mail for `heikki.palojarvi@revontuli.example` goes into the mailbox `heikki`, what comes
back to organisers and return paths of `kutsu.example` into `replies`; for anybody else Postfix takes it first and then
reports that nobody is there, as servers on the way do.
"""

import imaplib
import os
import shutil
import smtplib
import ssl
import subprocess
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.throwaway import throwaway

from multiagency.demo.household import HOST, free_port

PASSWORD = "kirjelaatikko"
OWNER = 65534
BOXES = r"""
/^(kokous|palautus)-[a-z0-9-]+@kutsu\.example$/ replies/
/^heikki\.palojarvi@revontuli\.example$/ heikki/
"""
MAIN = """
compatibility_level = 3.6
queue_directory = {there}/queue
data_directory = {there}/data
maillog_file = {there}/postfix.log
maillog_file_prefixes = {there}
mail_owner = postfix
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.test.example
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
smtpd_tls_security_level = may
smtpd_tls_cert_file = {there}/cert.pem
smtpd_tls_key_file = {there}/key.pem
smtpd_reject_unlisted_recipient = no
smtpd_relay_restrictions = permit_mynetworks, reject
virtual_mailbox_domains = kutsu.example, revontuli.example, county.example, police.example
virtual_mailbox_base = {there}/mail
virtual_mailbox_maps = regexp:{there}/boxes
virtual_minimum_uid = 1
virtual_uid_maps = static:{owner}
virtual_gid_maps = static:{owner}
default_transport = error:no way out of here
notify_classes =
"""
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""
DOVECOT = """
protocols = imap
listen = 127.0.0.1
instance_name = {there}
base_dir = {there}/run
state_dir = {there}/state
log_path = {there}/dovecot.log
ssl = required
ssl_cert = <{there}/cert.pem
ssl_key = <{there}/key.pem
mail_location = maildir:{there}/mail/%u
first_valid_uid = 1
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={owner} gid={owner} home={there}/mail/%u
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
"""


class Servers:
    """The two servers; `settings` are what the service is told of them."""

    def __init__(self, there: Path) -> None:
        self.there = there
        self.smtp, self.imap, self.imaps = free_port(), free_port(), free_port()

    @property
    def settings(self):
        out = {"smtp_host": HOST, "smtp_port": self.smtp, "smtp_tls": "required"}
        back = {"imap_host": HOST, "imap_port": self.imaps, "imap_tls": "implicit"}
        return {**out, **back, "imap_username": "replies", "imap_password": PASSWORD}

    def write(self) -> None:
        for name in ("queue", "data", "mail", "postfix", "run", "state"):
            (self.there / name).mkdir(mode=0o755)
        shutil.chown(self.there / "data", "postfix")
        shutil.chown(self.there / "mail", OWNER, OWNER)
        self._certify()
        values = {"there": self.there, "owner": OWNER, "port": self.smtp, "password": PASSWORD}
        values |= {"imap": self.imap, "imaps": self.imaps}
        (self.there / "boxes").write_text(BOXES)
        (self.there / "postfix" / "main.cf").write_text(MAIN.format(**values))
        (self.there / "postfix" / "master.cf").write_text(MASTER.format(**values))
        (self.there / "dovecot.conf").write_text(DOVECOT.format(**values))

    def _certify(self) -> None:
        """Make a certificate that is its own authority, for this address alone."""
        key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
            .sign(key, hashes.SHA256())
        )
        (self.there / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
        form, kept = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        (self.there / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, kept))

    def start(self) -> None:
        self._run("postfix", "-c", str(self.there / "postfix"), "start")
        self.start_mailbox()

    def start_mailbox(self) -> None:
        self._run("dovecot", "-c", str(self.there / "dovecot.conf"))

    def stop_mailbox(self) -> None:
        self._run("doveadm", "-c", str(self.there / "dovecot.conf"), "stop", check=False)
        until(lambda: not (self.there / "run" / "master.pid").exists())

    def stop(self) -> None:
        self._run("postfix", "-c", str(self.there / "postfix"), "stop", check=False)
        self.stop_mailbox()

    def _run(self, *words: str, check: bool = True) -> None:
        """Run a command; what it says goes into a file, since a daemon would hold a pipe open for good."""
        with (self.there / "commands.log").open("ab") as said:
            done = subprocess.run(words, check=False, stdin=subprocess.DEVNULL, stdout=said, stderr=said, timeout=60)
        assert done.returncode == 0 or not check, (words, (self.there / "commands.log").read_text())

    def messages(self, user):
        """What lies in a mailbox, oldest first."""
        box = imaplib.IMAP4_SSL(HOST, self.imaps, ssl_context=self._trusting(), timeout=20)
        try:
            box.login(user, PASSWORD)
            box.select("INBOX", readonly=True)
            numbers = box.uid("SEARCH", "ALL")[1][0].split()
            parts = [box.uid("FETCH", number, "(BODY.PEEK[])")[1][0][1] for number in numbers]
            return [message_from_bytes(part, policy=default) for part in parts]
        finally:
            box.logout()

    def _trusting(self):
        return ssl.create_default_context(cafile=str(self.there / "cert.pem"))

    def send(self, sender, recipient, content) -> None:
        """Send as somebody's own program does."""
        with smtplib.SMTP(HOST, self.smtp, timeout=20) as client:
            client.sendmail(sender, [recipient], content)


def until(true, seconds=30):
    """Wait until it holds."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if found := true():
            return found
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


@contextmanager
def standing():
    """Both servers, in a directory that is thrown away."""
    assert os.geteuid() == 0, "Postfix and Dovecot begin as root"
    with throwaway("mail") as there:
        servers = Servers(there)
        servers.write()
        try:
            servers.start()
            yield servers
        finally:
            servers.stop()
