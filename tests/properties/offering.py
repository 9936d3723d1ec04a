"""What the service under test offers beyond the main job, read from its own description of its API.

Rules of the machine and of the model are switched on by it, so that they wait for the doors they need.
"""

from fastapi import FastAPI

_NEEDS = {
    "/cases/{reference}/guardians": ("withdraw_one", "expiry"),
    "/cases/{reference}/reassignment": ("reassign", "own_part", "oversight"),
    "/cases/{reference}/bars/{bar}/lifting": ("lift_bar",),
    "/cases/{reference}/bars/{bar}/exemptions": ("agency_bar",),
    "/cases/{reference}/conflict": ("conflict",),
    "/cases/{reference}/protection": ("protect",),
    "/break-glass": ("break_glass",),
    "/supervision/handing-on": ("supervise",),
    "/cases/{reference}/closing": ("close", "delete"),
    "/cases/{reference}/disclosures": ("disclose",),
    "/cases/{reference}/rounds": ("begin_again",),
    "/cases/{reference}/part/earlier": ("earlier",),
    "/cases/{reference}/parties/{party}/removal": ("strike",),
    "/supervision/deputies": ("depute",),
    "/meetings/{meeting}/research": ("research",),
    "/cases/{reference}/actions/{action}/instruction": ("instruct",),
    "/invitations/{address}/cases/{reference}/instead": ("instead",),
}
"""What comes with which path."""

EXPECTED = tuple(name for names in _NEEDS.values() for name in names)
"""What must be there, so that no rule is switched off in silence."""


def offered_by(app: FastAPI) -> frozenset[str]:
    """Return what the application offers."""
    paths = app.openapi()["paths"]
    return frozenset(name for path, names in _NEEDS.items() if f"/api/v1{path}" in paths for name in names)
