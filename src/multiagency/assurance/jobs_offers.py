"""The newest checkpoint brought to the witnesses that have an address: `add-checkpoint` of C2SP tlog-witness.

Source: https://c2sp.org/tlog-witness. Each witness by itself: one that does not answer delays no other.
"""

import asyncio
import logging
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Any

from multiagency.assurance.jobs_alarms import alarm
from multiagency.assurance.service_alarms import AlarmCode
from multiagency.audit import witnesses
from multiagency.audit.add_checkpoint import LARGEST, SIZE_TYPE, WitnessAnswer
from multiagency.audit.note import BadNote
from multiagency.audit.witnesses import Standing
from multiagency.kernel.access import Act
from multiagency.kernel.actor import VISITOR, Presented
from multiagency.kernel.errors import ServiceError
from multiagency.kernel.runtime import Runtime

_SECONDS = 5
_log = logging.getLogger(__name__)


async def offer_checkpoints(runtime: Runtime, presented: Presented) -> int:
    """Ask every witness with an address that is behind to co-sign; return how many did.

    One that knows another log than this raises an alarm. Nothing of it is entered in the log: an entry would make a
    checkpoint, and that another entry.
    """
    async with runtime.unit_of_work(presented, Act.NUMBER_LOG) as work:
        behind = [one for one in await witnesses.standing(work) if one.url and one.behind]
    return sum(await asyncio.gather(*(_offer(runtime, presented, one) for one in behind)))


async def _offer(runtime: Runtime, presented: Presented, witness: Standing) -> bool:
    try:
        note, answer = await _ask(runtime, presented, witness)
        if answer.status == 200:
            async with runtime.unit_of_work(VISITOR, Act.COSIGN_CHECKPOINT) as work:
                return bool(await witnesses.accept(work, note + answer.text))
    except (OSError, ValueError, HTTPException, BadNote, ServiceError) as error:
        _log.warning("the witness %s is not reached: %s", witness.name, type(error).__name__)
        return False
    if answer.status in {409, 422}:
        await alarm(runtime, presented, AlarmCode.WITNESS_DISAGREES, witness.size)
    _log.warning("the witness %s answers %s", witness.name, answer.status)
    return False


async def _ask(runtime: Runtime, presented: Presented, witness: Standing) -> tuple[str, WitnessAnswer]:
    """Return the checkpoint that was offered and what was answered; from where the witness stands, if it says so."""
    old, url = witness.size or 0, f"{(witness.url or '').rstrip('/')}/add-checkpoint"
    for _ in range(2):
        async with runtime.unit_of_work(presented, Act.NUMBER_LOG) as work:
            update = await witnesses.update(work, old)
        answer = await asyncio.to_thread(_post, url, update.text().encode())
        known = answer.text.strip()
        if answer.status != 409 or answer.kind != SIZE_TYPE or not known.isdecimal() or len(known) > 19:
            break
        if int(known) == old or int(known) > int(update.note.splitlines()[1]):
            break  # it has seen another log of that size, or a longer one
        old = int(known)
    return update.note, answer


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirects)


def _post(url: str, body: bytes) -> WitnessAnswer:
    request = urllib.request.Request(url, body, {"Content-Type": "text/plain; charset=utf-8"})  # noqa: S310 (WitnessForm)
    try:
        with _opener.open(request, timeout=_SECONDS) as answer:
            return WitnessAnswer(answer.status, answer.read(LARGEST).decode(), answer.headers.get_content_type())
    except urllib.error.HTTPError as error:
        with error:
            return WitnessAnswer(
                error.code, error.read(LARGEST).decode("utf-8", "replace"), error.headers.get_content_type()
            )
