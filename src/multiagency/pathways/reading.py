"""Every model of work with its versions, as an administrator sees them: how many cases keep each, and what differs."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.sql import column

from multiagency.kernel.clock import today
from multiagency.kernel.errors import NotVisible
from multiagency.kernel.work import Work
from multiagency.pathways.definition import Pathway, codes, versions
from multiagency.pathways.reading_differences import VersionDifference, differences
from multiagency.pathways.service import pathway


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version: `state` is in_force, coming or replaced; how many open cases keep it; what differs from the last."""

    model: Pathway
    state: str
    cases: int
    differs: tuple[VersionDifference, ...]


@dataclass(frozen=True, slots=True)
class ModelView:
    """A model with its versions, the newest first."""

    code: str
    versions: tuple[VersionView, ...]

    @property
    def cases(self) -> int:
        """Return how many cases go on, whichever version they keep."""
        return sum(version.cases for version in self.versions)

    @property
    def in_force(self) -> Pathway:
        """Return the version in which cases are opened today."""
        return pathway(self.code)


async def model_views(work: Work) -> list[ModelView]:
    """Return every model with its versions, in one statement however many cases there are."""
    per_version = func.cases_per_version().table_valued(column("pathway"), column("pathway_version"), column("cases"))
    rows = (await work.session.execute(select(*per_version.c))).all()
    counted = {(row.pathway, row.pathway_version): row.cases for row in rows}
    return [ModelView(code, _versions(code, counted)) for code in codes()]


async def model_view(work: Work, code: str) -> ModelView:
    """Return one model. Raises `NotVisible` for one that there is not."""
    found = next((view for view in await model_views(work) if view.code == code), None)
    if found is None:
        raise NotVisible
    return found


def _versions(code: str, counted: dict[tuple[str, str], int]) -> tuple[VersionView, ...]:
    known = versions(code)
    earlier = (None, *known)
    return tuple(
        VersionView(
            model,
            "coming" if model.valid_from > today() else "in_force" if model is pathway(code) else "replaced",
            counted.get((code, model.version), 0),
            tuple(differences(before, model)) if before else (),
        )
        for before, model in reversed([*zip(earlier, known, strict=False)])
    )
