"""Rules of retention: dated, each with its provision, and what they say about one class (703/2023 annex, fact F44)."""

from sqlalchemy import select, update

from multiagency.kernel.clock import begin_of, now, today
from multiagency.kernel.database import holds_at
from multiagency.kernel.errors import Invalid
from multiagency.kernel.ids import uuid7
from multiagency.kernel.journal import Mode
from multiagency.kernel.work import Work
from multiagency.storage.forms import RuleForm
from multiagency.storage.models import RetentionRule

LOG = "log_12y"
FROM_THE_END = frozenset({"closed", "event"})
"""What is counted from the end of the case. The annex counts some classes from their own event, which is never later
than the end of the case, so nothing goes too early."""


async def rules_in_force(work: Work) -> dict[str, RetentionRule]:
    """Return the rule of each retention class that holds now."""
    moment = now()
    query = (
        select(RetentionRule)
        .where(holds_at(RetentionRule, moment))
        .order_by(RetentionRule.retention_class, RetentionRule.valid_from)
    )
    return {rule.retention_class: rule for rule in await work.session.scalars(query)}


async def all_rules(work: Work) -> list[RetentionRule]:
    """Return every rule, also those that are over or still to come, by class."""
    work.record(Mode.READ)
    query = select(RetentionRule).order_by(RetentionRule.retention_class, RetentionRule.valid_from.desc())
    return list(await work.session.scalars(query))


async def add_rule(work: Work, form: RuleForm) -> None:
    """Add a rule; the one it replaces ends when it begins. Raises `Invalid` for a day before today."""
    begins = begin_of(form.valid_from)
    if begins < begin_of(today()):
        raise Invalid.of("valid_from", "retention.in_past")
    earlier = update(RetentionRule).where(
        RetentionRule.retention_class == form.retention_class, RetentionRule.valid_to.is_(None)
    )
    await work.session.execute(earlier.values(valid_to=begins), execution_options={"synchronize_session": False})
    values = form.model_dump(exclude={"valid_from"})
    work.session.add(RetentionRule(id=uuid7(), valid_from=begins, **values))
    work.record(Mode.WRITE)
    await work.session.flush()
