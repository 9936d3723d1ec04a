"""The pages: an object permission before each, its rows in as few statements as is usual, and a row in the log."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from guardian.core import ObjectPermissionChecker
from guardian.shortcuts import get_objects_for_user

from bench.django_pages.models import (
    AddressProtection,
    AgendaItem,
    Assessment,
    BreakGlass,
    Case,
    ChildWelfareDecision,
    Consent,
    Disclosure,
    Invitation,
    InvitationMail,
    LegalHold,
    LookupHash,
    Meeting,
    Notice,
    Party,
    Profile,
    Seat,
    View,
)

_PAGE = 50
_QUEUED = ("submitted", "in_follow_up")


def _log(request: HttpRequest, act: str, object_id: object = "") -> None:
    address = request.META.get("REMOTE_ADDR")
    View.objects.create(user=request.user, act=act, object_id=str(object_id), address=address)


def _signed_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Load who asks: their name stands on every page."""

    @login_required
    @wraps(view)
    def wrapped(request: HttpRequest, **about: Any) -> HttpResponse:
        whole = Profile.objects.select_related("post__person", "post__agency")
        request.post = whole.get(user=request.user).post
        return view(request, **about)

    return wrapped


@_signed_in
def home(request: HttpRequest) -> HttpResponse:
    """Say who one is and how much waits."""
    waiting = Notice.objects.filter(post=request.post, read_at=None).count()
    _log(request, "see_home")
    return render(request, "home.html", {"waiting": waiting})


@_signed_in
def cases(request: HttpRequest) -> HttpResponse:
    """List the cases in sight, fifty at a time."""
    mine = get_objects_for_user(request.user, "view_case", Case).order_by("-opened_at", "id")
    found = Paginator(mine, _PAGE).get_page(request.GET.get("page"))
    _log(request, "list_cases")
    return render(request, "cases.html", {"found": found})


def _about(**more: Any) -> Q:
    return Q(case=OuterRef("pk"), **more)


@_signed_in
def case(request: HttpRequest, reference: str) -> HttpResponse:
    """Show one case: what of it the user may see."""
    newest = ChildWelfareDecision.objects.filter(_about()).order_by("-decided_at")
    checklist = Assessment.objects.filter(_about()).order_by("-version")
    consent = Consent.objects.filter(_about()).order_by("-version")
    protections = AddressProtection.objects.filter(_about(ended_at=None, valid_until__gte=timezone.localdate()))
    alike = LookupHash.objects.filter(hash=OuterRef("hash")).exclude(case=OuterRef("case"))
    items = AgendaItem.objects.filter(ended_at=None).select_related("meeting").order_by("-id")
    query = Case.objects.select_related("client", "contact").annotate(
        child_welfare=Subquery(newest.values("decision")[:1]),
        filled_in=Subquery(checklist.values("completed_at")[:1]),
        consented=Subquery(consent.values("state")[:1]),
        protected=Exists(protections),
        disclosed=Exists(Disclosure.objects.filter(_about())),
        held=Exists(LegalHold.objects.filter(_about(lifted_at=None))),
        opened=Exists(BreakGlass.objects.filter(_about())),
        matched=Exists(LookupHash.objects.filter(_about()).filter(Exists(alike))),
    )
    query = query.prefetch_related(
        Prefetch("parties", Party.objects.filter(struck_at=None).select_related("employer").order_by("-role", "id")),
        "parts__controller",
        Prefetch("items", items),
    )
    found = get_object_or_404(query, reference=reference)
    may = ObjectPermissionChecker(request.user)
    if not may.has_perm("view_case", found):
        raise Http404
    values = {
        "case": found,
        "coordinates": may.has_perm("coordinate", found),
        "sees_contact": may.has_perm("see_contact", found),
    }
    _log(request, "read_case", found.pk)
    return render(request, "case.html", values)


@_signed_in
def meeting(request: HttpRequest, reference: str) -> HttpResponse:
    """Show agenda, seats, the queue, and how the invitations stand."""
    seats = Seat.objects.filter(ended_at=None).select_related("post__person", "post__agency")
    seats = seats.order_by("post__agency__name_fi", "post__person__name")
    unconfirmed = Count("case__instructions", filter=Q(case__instructions__confirmed_at=None))
    items = AgendaItem.objects.filter(ended_at=None).select_related("case").annotate(unconfirmed=unconfirmed)
    mail = InvitationMail.objects.filter(invitation=OuterRef("pk"), sequence=OuterRef("sequence"))
    invited = Invitation.objects.select_related("post__person", "post__agency", "instead__person")
    invited = invited.annotate(delivery=Subquery(mail.values("state")[:1]))
    query = Meeting.objects.prefetch_related(
        Prefetch("items", items.order_by("position", "id").prefetch_related(Prefetch("seats", seats))),
        Prefetch("invitations", invited.order_by("post__agency__name_fi", "post__person__name")),
    )
    found = get_object_or_404(query, reference=reference)
    if not request.user.has_perm("django_pages.view_meeting", found):
        raise Http404
    here = AgendaItem.objects.filter(meeting=found, ended_at=None).values("case")
    queue = get_objects_for_user(request.user, "coordinate", Case).exclude(pk__in=here)
    queue = queue.filter(team_id=found.team_id, stage__in=_QUEUED).order_by("-stage", "submitted_at")
    _log(request, "run_meeting", found.pk)
    return render(
        request, "meeting.html", {"meeting": found, "queue": queue, "begun": found.starts_at <= timezone.now()}
    )
