"""Pages: taking entries out of the log: a page that says what will leave, then the file."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from multiagency.audit import service as audit
from multiagency.kernel.access import Act
from multiagency.kernel.clock import now, today
from multiagency.kernel.errors import Conflict, Invalid
from multiagency.kernel.languages import Language
from multiagency.kernel.work import Work
from multiagency.oversight import reading as service
from multiagency.oversight import reading_export as export
from multiagency.oversight.filters import Asked, Filters
from multiagency.oversight.patterns.thresholds import threshold
from multiagency.oversight.reading_filter import told
from multiagency.web.door import door
from multiagency.web.pages import page, said
from multiagency.web.pdf import make_pdf
from multiagency.web.speaking import language_of
from multiagency.web.texts import TEXTS, full_moment

router = APIRouter(prefix="/audit")

Exporting = Annotated[Work, door(Act.EXPORT_LOG)]


@router.get("/export")
async def get_export(request: Request, work: Annotated[Work, door(Act.READ_LOG)], typed: Asked) -> Response:
    """Say what a file would hold before it leaves."""
    errors: list[dict[str, str]] = []
    asked, total = Filters(), 0
    try:
        asked = typed.filters()
        await service.record(work, asked)
        total = await service.count(work, asked)
    except Invalid as error:
        errors = said(request, error)
    return page(
        request,
        "audit_export.html",
        422 if errors else 200,
        errors=errors,
        query="" if errors else typed.query,
        facts=await told(work, asked, language_of(request)),
        total=total,
        limit=await threshold(work, "export_rows"),
    )


@router.get("/export.csv")
async def get_csv(request: Request, work: Exporting, typed: Asked) -> Response:
    """Take the entries out as a table for a spreadsheet."""
    language = language_of(request)
    taken = await export.take(work, typed.filters(), language)
    made = export.as_csv(export.table(taken, language), export.notes(taken, language))
    return _file(made, "text/csv; charset=utf-8", "csv")


@router.get("/export.pdf")
async def get_pdf(request: Request, work: Exporting, typed: Asked) -> Response:
    """Take the entries out as a document that says who took it, when, by which filter, under which checkpoint."""
    language, asked = language_of(request), typed.filters()
    taken = await export.take(work, asked, language)
    heading, *lines = export.table(taken, language)
    data = {
        "facts": await _colophon(work, asked, language, len(taken.rows)),
        "notes": export.notes(taken, language),
        "heading": heading,
        "rows": lines,
        "checkpoint_title": TEXTS.say(language, "audit.verification.checkpoint"),
        "checkpoint": await _checkpoint(work, language),
    }
    title = TEXTS.say(language, "log.export.document")
    made = await make_pdf("oversight", "entries", language, title, data)
    return _file(made, "application/pdf", "pdf")


def _file(content: bytes, media_type: str, ending: str) -> Response:
    """Return a download whose name says the day and nothing else."""
    name = f"log-{today().isoformat()}.{ending}"
    return Response(content, media_type=media_type, headers={"content-disposition": f'attachment; filename="{name}"'})


async def _colophon(work: Work, asked: Filters, language: Language, rows: int) -> list[tuple[str, str]]:
    by = f"{work.actor.name}, {work.actor.title}, {work.actor.agency_name}"
    return [
        (TEXTS.say(language, "log.export.by"), by),
        (TEXTS.say(language, "log.export.at"), full_moment(language, now())),
        *await told(work, asked, language),
        (TEXTS.say(language, "log.export.rows"), str(rows)),
    ]


async def _checkpoint(work: Work, language: Language) -> str:
    try:
        return (await audit.newest_checkpoint(work)).strip()
    except Conflict as error:
        return TEXTS.say(language, error.key)
