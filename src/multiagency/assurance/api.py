"""JSON about the proof of the log; what witnesses and monitoring fetch stands beside, as text."""

from fastapi import APIRouter

from multiagency.assurance import api_alarms, api_checkpoints, api_metrics, api_proofs, api_witnesses
from multiagency.web.entering import BodyRoute

_audit = APIRouter(prefix="/api/v1/audit", tags=["oversight"], route_class=BodyRoute)
for part in (api_proofs, api_witnesses, api_alarms):
    _audit.include_router(part.router)

router = APIRouter(route_class=BodyRoute)
for part in (api_checkpoints, api_metrics):
    router.include_router(part.router)
router.include_router(_audit)
