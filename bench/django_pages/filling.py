"""Makes the tables of the Django application, its users with their sessions, and permissions that say what grants say.

`python -m bench.django_pages.filling LOGIN…` prints the session of each login as one JSON object.
"""

import importlib
import json
import os
import sys
from datetime import timedelta

import django

_GRANTS = """
    SELECT DISTINCT c.login, g.case_id, g.capability, 'contact' = ANY (g.kinds) AND 'contact' = ANY (b.kinds)
    FROM access_grant g JOIN lawful_basis b ON b.id = g.basis_id JOIN credential c ON c.post_id = g.post_id
    WHERE g.ended_at IS NULL AND b.ended_at IS NULL
"""


def main(logins: list[str]) -> None:
    """Fill and print."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.django_pages.settings")
    django.setup()
    call_command = importlib.import_module("django.core.management").call_command
    call_command("migrate", verbosity=0)
    call_command("migrate", run_syncdb=True, verbosity=0)  # its own models have no migrations, and point at users
    _give(_users(logins))
    print(json.dumps({login: _session(login) for login in logins}))


def _users(logins: list[str]) -> dict:
    from django.contrib.auth.models import User
    from django.db import connection

    from bench.django_pages.models import Profile

    with connection.cursor() as cursor:
        cursor.execute("SELECT login, post_id FROM credential WHERE login = ANY (%s)", [logins])
        posts = dict(cursor.fetchall())
    users = {login: User.objects.create(username=login) for login in logins}
    Profile.objects.bulk_create([Profile(user=users[login], post_id=posts[login]) for login in logins])
    return users


def _give(users: dict) -> None:
    """Let each user see the cases that a living grant shows them, and coordinators the meetings."""
    from django.contrib.auth.models import Permission
    from django.db import connection
    from guardian.models import UserObjectPermission

    from bench.django_pages.models import Meeting

    named = {row.codename: row for row in Permission.objects.select_related("content_type")}
    with connection.cursor() as cursor:
        cursor.execute(_GRANTS)
        grants = [row for row in cursor.fetchall() if row[0] in users]
    wanted = {(login, "view_case", case_id) for login, case_id, _, _ in grants}
    wanted |= {(login, "see_contact", case_id) for login, case_id, _, contact in grants if contact}
    coordinated = {(login, case_id) for login, case_id, capability, _ in grants if capability == "coordinate"}
    wanted |= {(login, "coordinate", case_id) for login, case_id in coordinated}
    meetings = Meeting.objects.values_list("pk", flat=True)
    wanted |= {(login, "view_meeting", key) for login in {who for who, _ in coordinated} for key in meetings}
    UserObjectPermission.objects.bulk_create(
        UserObjectPermission(
            user=users[login], permission=named[code], content_type=named[code].content_type, object_pk=str(key)
        )
        for login, code, key in wanted
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _session(login: str) -> str:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.models import User
    from django.contrib.sessions.backends.db import SessionStore

    user, store = User.objects.get(username=login), SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.set_expiry(timedelta(hours=10))
    store.create()
    return str(store.session_key)


if __name__ == "__main__":
    main(sys.argv[1:])
