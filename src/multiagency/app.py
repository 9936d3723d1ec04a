"""Builds the web application: every room's routes behind the same shield and the same answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute

from multiagency import __version__
from multiagency.actions import api as actions_api
from multiagency.actions import pages as actions_pages
from multiagency.assurance import api as assurance_api
from multiagency.assurance import pages as assurance_pages
from multiagency.cases import api as cases_api
from multiagency.cases import pages as cases_pages
from multiagency.consent import api as consent_api
from multiagency.consent import pages as consent_pages
from multiagency.consultations import api as consultations_api
from multiagency.consultations import pages as consultations_pages
from multiagency.disclosures import api as disclosures_api
from multiagency.disclosures import pages as disclosures_pages
from multiagency.log_requests import api as requests_api
from multiagency.log_requests import pages as requests_pages
from multiagency.matching import api as matching_api
from multiagency.matching import api_search as search_api
from multiagency.matching import pages as matching_pages
from multiagency.matching import pages_search as search_pages
from multiagency.meetings import api as meetings_api
from multiagency.meetings import pages as meetings_pages
from multiagency.oversight import api as oversight_api
from multiagency.oversight import pages as oversight_pages
from multiagency.pathways import pages as pathways_pages
from multiagency.people import api as people_api
from multiagency.people import pages as people_pages
from multiagency.risk import api as risk_api
from multiagency.risk import api_renewal as risk_renewal_api
from multiagency.risk import pages as risk_pages
from multiagency.risk import pages_measures as risk_measures
from multiagency.risk import pages_renewal as risk_renewal
from multiagency.safeguards import api as safeguards_api
from multiagency.safeguards import api_supervision as supervision_api
from multiagency.safeguards import pages as safeguards_pages
from multiagency.settings import Settings
from multiagency.storage import api as storage_api
from multiagency.storage import pages as storage_pages
from multiagency.web import answers, assets, kit
from multiagency.web.middleware import Shield
from multiagency.web.openapi import Documented
from multiagency.web.pdf import PRESS
from multiagency.wiring import wire

_APIS = (
    people_api,
    cases_api,
    consultations_api,
    safeguards_api,
    supervision_api,
    disclosures_api,
    matching_api,
    search_api,
    consent_api,
    risk_api,
    risk_renewal_api,
    meetings_api,
    actions_api,
    storage_api,
    requests_api,
    assurance_api,
    oversight_api,
)
_PAGES = (
    assets,
    kit,
    people_pages,
    pathways_pages,
    cases_pages,
    consultations_pages,
    safeguards_pages,
    disclosures_pages,
    matching_pages,
    search_pages,
    consent_pages,
    risk_pages,
    risk_renewal,
    risk_measures,
    meetings_pages,
    actions_pages,
    storage_pages,
    requests_pages,
    assurance_pages,
    oversight_pages,
)


def build_app(settings: Settings) -> Shield:
    """Return the application behind its shield. Raises ValueError or OSError when a key cannot be used.

    The shield is outermost, so that even an answer to an unforeseen error carries its headers.
    """
    runtime = wire(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await asyncio.to_thread(PRESS.warm)
        yield
        PRESS.close()
        await runtime.close()

    app = Documented(
        title="multiagency",
        version=__version__,
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # the address would come from the Host header
        routes=_routes(),
    )
    app.state.runtime = runtime
    answers.install(app)
    return Shield(
        app,
        settings.base_url,
        answers.answer_error,
        artificial=settings.artificial_codes,
        leads_to=settings.room_origin,
    )


@cache
def _routes() -> list[BaseRoute]:
    """Return every room's routes: no setting changes them, and to work out what each takes is most of the building."""
    whole = APIRouter()
    for room in (*_PAGES, *_APIS):  # asked one after another, and people wait for pages
        whole.include_router(room.router)
    return whole.routes
