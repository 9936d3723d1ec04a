"""Paper: the form to sign as a PDF, and the signed paper scanned in, which is only ever handed out as a file."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.datastructures import UploadFile

from multiagency.cases.desk import Desk
from multiagency.cases.doors import case_door
from multiagency.consent import service_scans as scans
from multiagency.consent.forms import ScanForm
from multiagency.consent.paper import form_data
from multiagency.consent.reading_statements import read_gate
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.errors import NotVisible
from multiagency.kernel.languages import Language
from multiagency.web.asked import path_of
from multiagency.web.forms import Errors, Filled, typed, without_empty
from multiagency.web.pages import attempt, fill, page, see
from multiagency.web.pdf import make_pdf
from multiagency.web.speaking import language_of

router = APIRouter(prefix="/cases/{reference}/consent")

_A_FILE = {
    "content-security-policy": "default-src 'none'; sandbox",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}
"""However a file is made, a browser neither shows nor runs it in the name of the service."""


def _attachment(content: bytes, name: str, kind: str) -> Response:
    headers = {**_A_FILE, "content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=kind, headers=headers)


@router.get("/form.pdf")
async def get_form(
    request: Request,
    desk: Annotated[Desk, case_door(Act.PRINT_CONSENT)],
    giver: UUID | None = None,
    language: Language | None = None,
) -> Response:
    """Make the form to sign, for the client or for whoever decides for them; in the language asked for."""
    spoken = language or language_of(request)
    data = await form_data(desk, giver, spoken)
    made = await make_pdf("consent", "consent", spoken, data["title"], data)
    return _attachment(made, "form.pdf", "application/pdf")


@router.get("/scan")
async def get_scans(request: Request, desk: Annotated[Desk, case_door(Act.ATTACH_SCAN)]) -> Response:
    """Show which scans there are, and ask for another."""
    return await _scans(request, desk, {})


@router.post("/scan")
async def post_scan(request: Request, desk: Annotated[Desk, case_door(Act.ATTACH_SCAN)]) -> Response:
    """Seal a scan of a signed paper."""
    data = await request.form()

    async def attach() -> None:
        file, rest = data.get("file"), [(name, value) for name, value in data.multi_items() if name != "file"]
        form = fill(ScanForm, without_empty(type(data)(rest)))
        content = await file.read() if isinstance(file, UploadFile) else b""
        await scans.attach(desk, form.version, content)

    errors = await attempt(request, attach())
    return await _scans(request, desk, typed(data), errors) if errors else see(path_of(request))


async def _scans(request: Request, desk: Desk, filled: Filled, errors: Errors = ()) -> Response:
    said = sorted((await read_gate(desk)).said.values(), key=lambda statement: statement.consent.version)
    return page(
        request,
        "consent_scan.html",
        422 if errors else 200,
        reference=desk.case.reference,
        scans=[
            {"id": scan.id, "version": version, "added_at": scan.added_at, "size": -(-scan.size // 1000)}
            for scan, version in await scans.scans_of(desk)
        ],
        versions=[(str(statement.consent.version), statement.consent.asked_at) for statement in said],
        limit=await desk.number("scan_kilobytes"),
        filled={name: value for name, value in filled.items() if name != "file"},
        errors=errors,
    )


@router.get("/scan/{scan}")
async def get_scan(desk: Annotated[Desk, case_door(Act.READ_CASE)], scan: UUID) -> Response:
    """Hand a scan out as a file to be saved, never to be shown in place."""
    if Kind.CONSENT not in desk.kinds:
        raise NotVisible
    found, content = await scans.open_scan(desk, scan)
    return _attachment(content, scans.file_name(found), "application/octet-stream")
