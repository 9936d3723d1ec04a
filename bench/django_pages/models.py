"""Our tables, unmanaged, as far as the pages show them; beside them the profile of a user, and the log of views."""

from typing import Any

from django.conf import settings
from django.db import models

STAGES = {
    "draft": "Luonnos",
    "submitted": "Lähetetty",
    "on_agenda": "Esityslistalla",
    "in_follow_up": "Seurannassa",
    "withdrawn": "Suostumus peruttu",
    "closed": "Päätetty",
}
_OVERHEAD = 44
"""Bytes that a sealed value is longer than what it holds: the key's id, nonce and tag."""


class SealedText(models.BinaryField):
    """An encrypted column, shown as so many hexadecimal digits as the text has bytes: nothing is decrypted here."""

    def from_db_value(self, value: Any, *_: object) -> str:
        """Return something to print."""
        return "" if value is None else bytes(value).hex()[: max(len(value) - _OVERHEAD, 1)]


def _to(model: Any, name: str = "+", **about: Any) -> Any:
    return models.ForeignKey(model, models.DO_NOTHING, related_name=name, **about)


class Agency(models.Model):
    """An agency."""

    id = models.UUIDField(primary_key=True)
    kind = models.TextField()
    name_fi = models.TextField()
    name_sv = models.TextField()
    name_en = models.TextField()

    class Meta:
        managed = False
        db_table = "agency"


class Person(models.Model):
    """A member of staff."""

    id = models.UUIDField(primary_key=True)
    name = models.TextField()

    class Meta:
        managed = False
        db_table = "person"


class Post(models.Model):
    """A person in an agency in a role."""

    id = models.UUIDField(primary_key=True)
    person = _to(Person)
    agency = _to(Agency)
    role = models.TextField()
    title = models.TextField()
    email = models.TextField()
    language = models.TextField()

    class Meta:
        managed = False
        db_table = "post"


class Case(models.Model):
    """The shell of a case; who may see it, its contact data, and who coordinates it are permissions on it."""

    id = models.UUIDField(primary_key=True)
    reference = models.TextField(unique=True)
    pathway = models.TextField()
    team_id = models.UUIDField()
    stage = models.TextField(choices=STAGES)
    controller = _to(Agency)
    opened_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    retention_class = models.TextField()

    class Meta:
        managed = False
        db_table = "case_file"
        permissions = (("see_contact", "sees how the client is reached"), ("coordinate", "coordinates the case"))


class Client(models.Model):
    """Whom a case is about."""

    id = models.UUIDField(primary_key=True)
    case = models.OneToOneField(Case, models.DO_NOTHING, related_name="client")
    name = SealedText()
    identity_code = SealedText(null=True)
    birth_date = SealedText(null=True)

    class Meta:
        managed = False
        db_table = "client"


class SafeContact(models.Model):
    """How the client is reached."""

    id = models.UUIDField(primary_key=True)
    case = models.OneToOneField(Case, models.DO_NOTHING, related_name="contact")
    phone = SealedText(null=True)
    safe_days = SealedText(null=True)
    safe_from = SealedText(null=True)
    safe_until = SealedText(null=True)
    when_to_call = SealedText(null=True)
    do_not_talk_to = SealedText(null=True)
    address = SealedText(null=True)
    municipality = SealedText(null=True)
    interpreter = SealedText(null=True)
    may_leave_message = models.BooleanField()
    language = models.TextField()

    class Meta:
        managed = False
        db_table = "safe_contact"


class Party(models.Model):
    """Somebody else in a case."""

    id = models.UUIDField(primary_key=True)
    case = _to(Case, "parties")
    role = models.TextField()
    name = SealedText()
    identity_code = SealedText(null=True)
    birth_date = SealedText(null=True)
    relation = SealedText(null=True)
    employer = _to(Agency, null=True)
    struck_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "party"


class CasePart(models.Model):
    """What an agency tells."""

    id = models.UUIDField(primary_key=True)
    case = _to(Case, "parts")
    controller = _to(Agency)
    narrative = SealedText(null=True)
    written_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "case_part"


class Consent(models.Model):
    """One version of a consent."""

    id = models.UUIDField(primary_key=True)
    case = _to(Case, "consents")
    version = models.IntegerField()
    state = models.TextField()
    capacity = models.TextField()
    expires_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "consent"


class Assessment(models.Model):
    """A checklist."""

    id = models.UUIDField(primary_key=True)
    case = _to(Case, "assessments")
    version = models.IntegerField()
    instrument = models.TextField()
    completed_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "assessment"


class AddressProtection(models.Model):
    """An order of non-disclosure."""

    id = models.UUIDField(primary_key=True)
    case = _to(Case, "protections")
    valid_until = models.DateField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "address_protection"


class ChildWelfareDecision(models.Model):
    """What was decided on child welfare."""

    id = models.UUIDField(primary_key=True)
    case = _to(Case, "decisions")
    decision = models.TextField()
    decided_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "child_welfare_decision"


class Disclosure(models.Model):
    """A disclosure."""

    id = models.UUIDField(primary_key=True)
    case = _to(Case, "disclosures")
    decided_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "disclosure"


class LegalHold(models.Model):
    """A hold on the deletion of a case."""

    id = models.UUIDField(primary_key=True)
    case = _to(Case, "holds")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "legal_hold"


class BreakGlass(models.Model):
    """An opening in an emergency."""

    id = models.UUIDField(primary_key=True)
    case = _to(Case, "openings")

    class Meta:
        managed = False
        db_table = "break_glass"


class LookupHash(models.Model):
    """By what somebody is found again."""

    id = models.UUIDField(primary_key=True)
    case = _to(Case, "hashes")
    hash = models.BinaryField()

    class Meta:
        managed = False
        db_table = "lookup_hash"


class Meeting(models.Model):
    """A meeting."""

    id = models.UUIDField(primary_key=True)
    reference = models.TextField(unique=True)
    team_id = models.UUIDField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.TextField()
    reason = models.TextField(null=True)

    class Meta:
        managed = False
        db_table = "meeting"


class AgendaItem(models.Model):
    """A case on an agenda."""

    id = models.UUIDField(primary_key=True)
    case = _to(Case, "items")
    meeting = _to(Meeting, "items")
    position = models.IntegerField()
    discussed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "agenda_item"


class Seat(models.Model):
    """Who sits at it."""

    id = models.UUIDField(primary_key=True)
    agenda_item = _to(AgendaItem, "seats")
    post = _to(Post)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "seat"


class Invitation(models.Model):
    """Who is invited, and the answer."""

    id = models.UUIDField(primary_key=True)
    meeting = _to(Meeting, "invitations")
    post = _to(Post)
    sequence = models.IntegerField()
    answer = models.TextField()
    cancelled_at = models.DateTimeField(null=True)
    instead = _to(Post, null=True)

    class Meta:
        managed = False
        db_table = "invitation"


class InvitationMail(models.Model):
    """A message of an invitation."""

    id = models.UUIDField(primary_key=True)
    invitation = _to(Invitation, "mails")
    sequence = models.IntegerField()
    state = models.TextField()

    class Meta:
        managed = False
        db_table = "invitation_mail"


class RecordingInstruction(models.Model):
    """Whether the owner of an action has said that they know how it is recorded."""

    id = models.UUIDField(primary_key=True)
    case = _to(Case, "instructions")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "recording_instruction"


class Notice(models.Model):
    """Something that waits for somebody."""

    id = models.UUIDField(primary_key=True)
    post = _to(Post)
    read_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "notice"


class Profile(models.Model):
    """The post of a user."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE)
    post = models.ForeignKey(Post, models.DO_NOTHING, db_constraint=False)


class View(models.Model):
    """One row of the log: who looked at what, and when."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    act = models.CharField(max_length=40)
    object_id = models.CharField(max_length=40, blank=True, db_index=True)
    address = models.GenericIPAddressField(null=True)
