"""Choices of the room's pages, with their words."""

from collections.abc import Sequence

from fastapi import Request

from multiagency.log_requests.models import LogRequestGround
from multiagency.web.speaking import language_of
from multiagency.web.texts import TEXTS


def choices(request: Request, family: str, values: Sequence[str]) -> list[tuple[str, str]]:
    """Return values with their words."""
    language = language_of(request)
    return [(value, TEXTS.say(language, f"log_request.{family}.{value}")) for value in values]


def ground_choices(request: Request, grounds: Sequence[LogRequestGround]) -> list[tuple[str, str]]:
    """Return grounds with their words and provisions."""
    language = language_of(request)
    return [(g.code, f"{TEXTS.say(language, f'log_request.grounds.{g.code}')} ({g.provision})") for g in grounds]
