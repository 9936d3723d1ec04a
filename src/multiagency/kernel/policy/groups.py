"""Who does what together: roles, and capabilities on a case of which any one suffices."""

from multiagency.kernel.access import Capability
from multiagency.kernel.actor import Role

JOBS = frozenset({Role.WORKER, Role.KEEPER})
EVERYBODY = frozenset(Role) - JOBS
REFERRERS = frozenset({Role.OFFICER, Role.SOCIAL_WORKER})
CASE_WORKERS = REFERRERS | {Role.REPRESENTATIVE}
TABLE = CASE_WORKERS | {Role.COORDINATOR}
COORDINATOR = frozenset({Role.COORDINATOR})
SUPERVISOR = frozenset({Role.SUPERVISOR})
AUDITOR = frozenset({Role.AUDITOR})
ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
INTAKE = frozenset({Role.INTAKE})
WORKER = frozenset({Role.WORKER})
KEEPER = frozenset({Role.KEEPER})

REFER = frozenset({Capability.REFER})
STEER = frozenset({Capability.REFER, Capability.COORDINATE})
COORDINATE = frozenset({Capability.COORDINATE})
WRITE = frozenset({Capability.READ, Capability.COORDINATE})
VOICE = frozenset({Capability.REFER, Capability.SUPPORT})
PART = frozenset({Capability.REFER, Capability.CONTRIBUTE})
ANY = frozenset(Capability)
