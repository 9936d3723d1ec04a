"""A case moves to a newer version of its model: by its coordinator, with a reason, and it stays in its stage."""

from multiagency.cases.desk import Desk
from multiagency.cases.forms import VersionForm
from multiagency.cases.service import say_why
from multiagency.kernel.errors import Conflict, FieldError, Invalid
from multiagency.pathways.definition import Pathway, versions
from multiagency.pathways.service import pathway


def newer(desk: Desk) -> Pathway | None:
    """Return the version to which the case may move: the one in force, where it is newer; None where there is none."""
    wanted = pathway(desk.case.pathway)
    return wanted if wanted in _after(desk) and not desk.is_over else None


def fits(desk: Desk, model: Pathway) -> bool:
    """Tell whether the case could stand in this version where it stands: the stage is there, and of the same kind."""
    return any((stage.code, stage.kind) == (desk.case.stage, desk.case.stage_kind) for stage in model.stages)


async def move_version(desk: Desk, form: VersionForm) -> None:
    """Let the case keep another version from now on; whoever looks at its moves finds why, and who decided.

    Raises `Conflict` where it has ended, or the version has not its stage; `Invalid` for a version that there is not,
    an older one, and one that is not in force.
    """
    if desk.is_over:
        raise Conflict("model_version.over")
    wanted = _wanted(desk, form.version)
    if not fits(desk, wanted):
        raise Conflict("model_version.no_stage")
    desk.case.pathway_version = wanted.version
    await say_why(desk, form.reason)
    desk.wrote()


def _wanted(desk: Desk, version: str) -> Pathway:
    found = next((model for model in versions(desk.case.pathway) if model.version == version), None)
    if found is None:
        raise Invalid(FieldError("version", "model_version.unknown"))
    if found not in _after(desk):
        raise Invalid(FieldError("version", "model_version.older"))
    if found is not pathway(desk.case.pathway):
        raise Invalid(FieldError("version", "model_version.not_in_force"))
    return found


def _after(desk: Desk) -> tuple[Pathway, ...]:
    known = versions(desk.case.pathway)
    return known[known.index(desk.model) + 1 :]
