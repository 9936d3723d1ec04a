"""Every table, so that migrations and the drift check see all of them."""

from multiagency.actions import models as actions
from multiagency.assurance import models as alarms
from multiagency.audit import models as audit
from multiagency.cases import models as cases
from multiagency.consent import models as consent
from multiagency.consultations import models as consultations
from multiagency.disclosures import models as disclosures
from multiagency.kernel import due, once, reference_data
from multiagency.kernel import vault as kernel
from multiagency.kernel.database import Base
from multiagency.log_requests import models as requests
from multiagency.mail import models as mail
from multiagency.matching import models as matching
from multiagency.meetings import models as meetings
from multiagency.meetings import models_availability as availabilities
from multiagency.meetings import models_minutes as minutes
from multiagency.meetings import models_research as research
from multiagency.meetings import models_rhythm as rhythms
from multiagency.meetings import models_rooms as rooms
from multiagency.meetings import models_team as team_meetings
from multiagency.oversight import models as oversight
from multiagency.pathways import models as pathways
from multiagency.people import models as people
from multiagency.risk import models as risk
from multiagency.safeguards import models as safeguards_models
from multiagency.storage import models as storage

ROOMS = (
    kernel,
    once,
    due,
    reference_data,
    people,
    pathways,
    cases,
    consultations,
    safeguards_models,
    matching,
    disclosures,
    consent,
    risk,
    rhythms,
    meetings,
    minutes,
    research,
    rooms,
    team_meetings,
    availabilities,
    actions,
    storage,
    mail,
    audit,
    alarms,
    oversight,
    requests,
)
metadata = Base.metadata
