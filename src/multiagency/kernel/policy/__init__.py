"""The access policy: one table per room, each on one screen, put together here.

Two questions are kept apart. *May this post do this act at all?* is answered here, from its role (403). *May it see
this row?* is answered by the database, from grants and bases that are alive at that moment (404). A capability is
what a grant on one case allows its post to do there.
"""

from multiagency.kernel.access import Act, Rule
from multiagency.kernel.policy import (
    actions,
    assurance,
    audit,
    cases,
    consent,
    consultations,
    disclosures,
    log_requests,
    mail,
    matching,
    meetings,
    oversight,
    pathways,
    people,
    risk,
    safeguards,
    storage,
    web,
)

TABLES = {
    "web": web.RULES,
    "people": people.RULES,
    "pathways": pathways.RULES,
    "mail": mail.RULES,
    "audit": audit.RULES,
    "cases": cases.RULES,
    "consultations": consultations.RULES,
    "safeguards": safeguards.RULES,
    "matching": matching.RULES,
    "disclosures": disclosures.RULES,
    "consent": consent.RULES,
    "risk": risk.RULES,
    "meetings": meetings.RULES,
    "actions": actions.RULES,
    "storage": storage.RULES,
    "log_requests": log_requests.RULES,
    "assurance": assurance.RULES,
    "oversight": oversight.RULES,
}
RULES: dict[Act, Rule] = {act: rule for table in TABLES.values() for act, rule in table.items()}
