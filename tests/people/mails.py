"""What the mails at the server say, and the clock by which one is due."""

from multiagency.kernel.languages import Language
from multiagency.web.texts import TEXTS

SUBJECTS = {TEXTS.say(language, "mail.notice.subject") for language in (Language.FI, Language.SV, Language.EN)}


def waiting_mails(house, login: str = "") -> list:
    """The mails at the server that say that something waits, to everybody or to whose address begins like this."""
    mails = [mail for mail in house.sink.messages() if mail["Subject"] in SUBJECTS]
    return [mail for mail in mails if mail["To"].startswith(login)]


def decoded(mail) -> str:
    """A whole mail, headers and parts, as a stranger could read it."""
    parts = b" ".join(part.get_payload(decode=True) or b"" for part in mail.walk())
    return (mail.as_bytes() + parts).decode("utf-8", "replace") + str(mail["Subject"]) + str(mail["From"])


async def later(house, minutes: int) -> None:
    """Let so many minutes have gone by for what was told and mailed."""
    for table, column in (("notice", "created_at"), ("notice", "mailed_at"), ("outbox", "finished_at")):
        await house.fetch(f"UPDATE {table} SET {column} = {column} - $1::int * interval '1 minute'", minutes)
