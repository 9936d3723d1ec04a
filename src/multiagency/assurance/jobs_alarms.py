"""An alarm raised by itself, in a unit of work of its own: nothing that fails before or after takes it back."""

from multiagency.assurance.service_alarms import AlarmCode, raise_alarm
from multiagency.kernel.access import Act
from multiagency.kernel.actor import Presented
from multiagency.kernel.runtime import Runtime


async def alarm(
    runtime: Runtime, presented: Presented, code: AlarmCode, first_bad: int | None = None, bad: int | None = None
) -> None:
    """Raise an alarm as `raise_alarm` does."""
    async with runtime.unit_of_work(presented, Act.CHECK_LOG) as work:
        await raise_alarm(work, code, first_bad=first_bad, bad=bad)
