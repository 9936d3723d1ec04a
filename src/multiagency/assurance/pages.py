"""Pages about the proof of the log: whether it is whole, who co-signs it, what its self-check found."""

from fastapi import APIRouter

from multiagency.assurance import pages_alarms, pages_proofs, pages_witnesses

router = APIRouter(tags=["pages"])
for part in (pages_proofs, pages_witnesses, pages_alarms):
    router.include_router(part.router)
