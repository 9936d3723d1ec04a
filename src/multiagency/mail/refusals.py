"""What a mail server said when it refused, fit to be shown: its codes and its words, nothing of the message.

Servers echo addresses, subjects and links. So what stays is the reply code (RFC 5321 section 4.2), the enhanced code
(RFC 3463), and plain words that do not occur in the message.
"""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

_LONGEST = 120
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")
_WORD = re.compile(r"\S+")
_PLAIN = re.compile(r"[(\"']?[A-Za-z]{1,20}(?:[-'][A-Za-z]{1,20})?[)\"'.,:;!]{0,2}")
_LETTERS = re.compile(r"[a-z]{4,}")
_LEFT_OUT = "…"


def shown(code: int, said: str, message: bytes) -> str:
    """Return a reply in at most 120 characters; what could be of the message is left out (…)."""
    enhanced = _ENHANCED.match(said)
    ours = _words_of(message)
    words: list[str] = []
    for word in _WORD.findall(said[enhanced.end() :] if enhanced else said):
        kept = word if _PLAIN.fullmatch(word) and not ours & set(_LETTERS.findall(word.lower())) else _LEFT_OUT
        if kept != _LEFT_OUT or words[-1:] != [_LEFT_OUT]:
            words.append(kept)
    codes = [str(code), *([enhanced[0]] if enhanced else [])]
    return " ".join([*codes, *words])[:_LONGEST].rstrip()


def _words_of(message: bytes) -> set[str]:
    """Return the words of a message. Raises whatever a message that is none raises."""
    parsed = message_from_bytes(message, policy=default)
    texts = [str(parsed["Subject"]), str(parsed["From"]), str(parsed["To"])]
    texts += [part.get_content() for part in parsed.walk() if _is_text(part)]
    return set(_LETTERS.findall(" ".join(texts).lower()))


def _is_text(part: EmailMessage) -> bool:
    return part.get_content_maintype() == "text"
