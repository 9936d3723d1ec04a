"""Every setting, typed, with its default; unsafe combinations are refused before anything starts."""

import ipaddress
import re
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

Environment = Literal["production", "demo", "test"]
_LONGEST_DOMAIN = 200
"""So that an address of ours stays within the 254 characters of SMTP (RFC 5321 section 4.5.3.1)."""

_SHORTEST_SECRET = 32


def is_loopback(host: str) -> bool:
    """Tell whether `host` is a loopback address; a name other than localhost never is."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def networks_in(text: str) -> list[IPv4Network | IPv6Network]:
    """Return the networks of a list with commas. Raises ValueError for what is none."""
    return [ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip()]


def _are_networks(text: str) -> bool:
    try:
        networks_in(text)
    except ValueError:
        return False
    return True


def _is_host(name: str) -> bool:
    label = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
    return len(name) <= _LONGEST_DOMAIN and re.fullmatch(rf"{label}(\.{label})+", name, re.IGNORECASE) is not None


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _leads_safely(address: str) -> bool:
    """Tell whether an address is none, or of https without a name or password in it; of http only on this machine."""
    if not address:
        return True
    try:
        url = urlsplit(address)
        host, plain = url.hostname or "", url.scheme == "http"
    except ValueError:
        return False
    told = url.username or url.password or url.fragment or address.endswith("/") or not address.isprintable()
    return bool(host) and not told and " " not in address and (url.scheme == "https" or (plain and is_loopback(host)))


def _is_line(text: str) -> bool:
    return bool(text.strip()) and text.isprintable()


class Settings(BaseSettings):
    """Read from the environment (`MULTIAGENCY_…`). Raises `ValidationError` when a value is missing or unsafe."""

    model_config = SettingsConfigDict(env_prefix="MULTIAGENCY_", frozen=True)

    environment: Environment = "production"
    base_url: str
    """Address that people see, without a trailing slash; https outside the demo."""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)

    database_url_app: SecretStr
    database_url_signin: SecretStr
    database_url_worker: SecretStr | None = None
    """Only the worker and the command line need it; the web process should not have it."""
    database_url_keeper: SecretStr | None = None
    """Only the maintenance commands have it (`rotate`, `retention`); neither web nor worker does."""
    embedded_database: bool = False
    pool_size: int = Field(default=10, ge=1, le=100)

    keys_directory: Path
    """Holds master.key and its predecessors (in `master/` if that is there), lookup.key and room.key; for web log.vkey,
    for the worker log.key. Backed up apart from the data."""
    log_origin: str = "multiagency.example/log"
    """First line of every checkpoint and name of the log's signing key (C2SP tlog-checkpoint)."""
    checkpoint_seconds: float = Field(default=2, ge=0.25, le=60)
    """A checkpoint of the log is signed so often while there is something new, and at once when an auditor asks."""
    self_check_hours: float = Field(default=6, gt=0, le=168)
    """So often the worker looks through the whole log and raises alarms."""
    unsigned_alarm_seconds: int = Field(default=300, ge=10, le=86_400)
    """How long an entry may wait for its signature before that is an alarm."""
    witness_alarm_hours: float = Field(default=72, gt=0, le=8760)
    """How long a witness may be behind before that is an alarm."""
    witness_mail_hours: float = Field(default=24, gt=0, le=8760)
    """So often, at most, a witness that has an address is mailed what it has not co-signed."""

    mail_domain: str = "kutsu.example"
    """Domain of the organiser's addresses, Message-ID and calendar UID."""
    mail_name: str = Field(default="Kokouskutsut", max_length=60)
    """The one name that every mail and calendar entry comes from: of the service, neutral, of no agency or team."""
    mail_questions: str = Field(default="kirjaamo@kutsu.example", max_length=100)
    """Whom to ask whether a mail is genuine: an address or a number, as people read it."""
    notice_minutes: int = Field(default=60, ge=1, le=1440)
    """At most one mail in so many minutes tells a person that something waits."""
    digest_hour: int = Field(default=7, ge=0, le=23)
    """The hour, in Finland, at which that mail goes to whoever wants it once a day."""
    notice_days: int = Field(default=90, ge=1, le=3660)
    """How long a notice that was read is kept."""
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 25
    smtp_tls: Literal["required", "implicit", "none"] = "required"
    """TLS by STARTTLS (required), from the first byte on (implicit, port 465), or none: demo and tests only."""
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    mail_settle_seconds: float = Field(default=60, ge=0, le=600)
    """So long an update of an invitation waits for another: many changes become one mail. First ones and cancellations
    leave at once."""

    imap_host: Annotated[str | None, BeforeValidator(lambda given: given or None)] = None
    """The mailbox that answers and delivery reports come back to; without it nothing is read."""
    imap_port: int = Field(default=993, ge=1, le=65535)
    imap_tls: Literal["implicit", "required", "none"] = "implicit"
    """TLS from the first byte on (implicit, port 993), by STARTTLS (required), or none: demo and tests only."""
    imap_username: str | None = None
    imap_password: SecretStr | None = None
    imap_folder: str = Field(default="INBOX", min_length=1, max_length=200)
    imap_seconds: float = Field(default=20, ge=1, le=3600)
    """So often the mailbox is looked into."""

    calendar_hosts: str = Field(default="", max_length=2000)
    """Hosts inside the own network that members' calendars may be read from: name or name:port, separated by commas."""
    calendar_authorities: Annotated[Path | None, BeforeValidator(lambda given: given or None)] = None
    """A file of certificates (PEM) that vouch for calendars' servers, beside those that the machine knows."""

    worker_login: str = "worker"
    worker_password: SecretStr | None = None
    keeper_login: str = "keeper"
    keeper_password: SecretStr | None = None

    backup_days: int = Field(default=35, ge=0, le=3660)
    """How long backups are kept: a deletion is final in them after so many days, and its report says when."""

    metrics_networks: str = "127.0.0.0/8,::1/128"
    """Whose callers are shown /metrics, separated by commas; nobody behind a proxy ever is."""

    session_hours: int = Field(default=10, ge=1, le=24)
    session_warning_minutes: int = Field(default=30, ge=1, le=120)
    """So long before its end every page warns that the session ends."""
    autosave_seconds: int = Field(default=30, ge=5, le=600)
    """So often at most a long text saves itself while it is written: each time is a version and an entry of the log."""
    live_seconds: float = Field(default=3, ge=0.2, le=60)
    """So often a page that follows a running meeting asks whether it is still what it was."""
    live_minutes: int = Field(default=10, ge=0, le=60)
    """How long it does so before the browser asks for it anew; 0: no page follows by itself, and people reload."""
    kept_hours: int = Field(default=8, ge=1, le=24)
    """How long what somebody typed can be brought back when their session had ended."""
    repeat_hours: int = Field(default=24, ge=1, le=168)
    """How long a change that is sent again is answered as the first time, and nothing done."""
    searches_per_hour: int = Field(default=60, ge=1, le=1000)
    """So many cases one person may search for by name, code or reference within an hour."""
    instruments_directory: Annotated[Path | None, BeforeValidator(lambda given: given or None)] = None
    """Instruments beside those of the service (`docs/instruments.md`): `<id>/<version>.toml`, one file per version."""
    pathways_directory: Annotated[Path | None, BeforeValidator(lambda given: given or None)] = None
    """Models of work beside those of the service (`docs/pathways.md`): a directory each, named after its code."""
    room_provider: Literal["none", "jitsi", "bigbluebutton", "livekit"] = "none"
    """Where meetings are held (docs/operations.md); with none they are held by phone, as `room_phone` says."""
    room_domain: str = "meet.example"
    """Jitsi's domain, in lower case: the `sub` claim of room tokens."""
    room_api_url: str = ""
    """Where the provider is asked to put people out, without a trailing slash; BigBlueButton's ends with /api."""
    room_web_url: str = ""
    """The page in which people see a room of LiveKit."""
    room_api_key: str = ""
    """LiveKit's name for the secret; for Jitsi, the name of the key in `jitsi-api.key`."""
    room_api_secret: SecretStr = SecretStr("")
    """The secret of LiveKit or of BigBlueButton."""
    room_phone: str = Field(default="", max_length=100)
    """How to call where there is no room to enter: one line that says nothing of what for."""
    room_fixed: str = ""
    """The lasting room of a team that has no other: the team's id, = and the address, for several with spaces between;
    no two share one."""
    demo_accounts: bool = False
    """Sign-in with fictitious accounts: loopback only, embedded database only."""
    artificial_codes: bool = False
    """Take identity codes that nobody was given (individual numbers 900-999), as demo and tests do."""

    @property
    def lasting_rooms(self) -> dict[str, str]:
        """The addresses of `room_fixed` by the ids of their teams."""
        named = (part.partition("=") for part in self.room_fixed.split())
        return {team: address for team, _, address in named}

    @property
    def room_origin(self) -> str:
        """Where the browser is sent on to from the page of a room; empty where it is not."""
        address = {
            "jitsi": f"https://{self.room_domain}",
            "bigbluebutton": self.room_api_url,
            "livekit": self.room_web_url,
            "none": "",
        }[self.room_provider]
        url = urlsplit(address)
        return f"{url.scheme}://{url.netloc}" if address else ""

    @model_validator(mode="after")
    def _refuse_unsafe(self) -> Self:
        problems = [sentence for unsafe, sentence in self._rules() if unsafe]
        if problems:
            raise ValueError(" ".join(problems))
        return self

    def _rules(self) -> list[tuple[bool, str]]:
        production = self.environment == "production"
        url = urlsplit(self.base_url)
        own_machine = is_loopback(self.host) and is_loopback(url.hostname or "")
        return [
            (url.scheme not in {"http", "https"} or not url.hostname, "base_url must be an http(s) address."),
            (self.base_url.endswith("/"), "base_url must not end with a slash."),
            (url.scheme == "http" and not own_machine, "base_url must be https except on the loopback address."),
            (production and url.scheme != "https", "base_url must be https in production."),
            (production and self.demo_accounts, "demo_accounts must be off in production."),
            (production and self.artificial_codes, "artificial_codes must be off in production: they are nobody's."),
            (production and self.embedded_database, "embedded_database is for demo and tests, not for production."),
            (production and self.smtp_tls == "none", "smtp_tls must be 'required' or 'implicit' in production."),
            (production and self.imap_tls == "none", "imap_tls must be 'implicit' or 'required' in production."),
            (
                self.imap_host is not None and not (self.imap_username and self.imap_password),
                "imap_host needs imap_username and imap_password.",
            ),
            (not _is_line(self.imap_folder), "imap_folder must be one line of text."),
            (not _is_host(self.mail_domain), "mail_domain must be a domain name in ASCII (IDNA)."),
            (not _is_line(self.mail_name), "mail_name must be one line of text."),
            (not _is_line(self.mail_questions), "mail_questions must be one line of text."),
            (self.demo_accounts and not own_machine, "demo_accounts needs a loopback host and base_url."),
            (self.demo_accounts and not self.embedded_database, "demo_accounts needs the embedded database."),
            (not _are_networks(self.metrics_networks), "metrics_networks must be networks separated by commas."),
            (
                self.instruments_directory is not None and not self.instruments_directory.is_dir(),
                "instruments_directory must be an existing directory.",
            ),
            (
                self.pathways_directory is not None and not self.pathways_directory.is_dir(),
                "pathways_directory must be an existing directory.",
            ),
            (
                self.calendar_authorities is not None and not self.calendar_authorities.is_file(),
                "calendar_authorities must be an existing file.",
            ),
            (not self.keys_directory.is_dir(), "keys_directory must be an existing directory."),
            *self._rules_of_rooms(),
        ]

    def _rules_of_rooms(self) -> list[tuple[bool, str]]:
        secret = self.room_api_secret.get_secret_value()
        asked = self.room_provider in {"bigbluebutton", "livekit"}
        named = self.room_provider == "livekit" or (self.room_provider == "jitsi" and bool(self.room_api_url))
        fixed = list(self.lasting_rooms.values())
        return [
            (not _is_host(self.room_domain), "room_domain must be a domain name in ASCII (IDNA)."),
            (asked and not self.room_api_url, "room_api_url is missing: the provider could not be asked."),
            (not _leads_safely(self.room_api_url), "room_api_url must be https, without a slash at its end."),
            (
                asked and len(secret) < _SHORTEST_SECRET,
                f"room_api_secret needs {_SHORTEST_SECRET} characters at least.",
            ),
            (named and not self.room_api_key, "room_api_key is missing: it names the key that tokens are signed with."),
            (self.room_provider == "livekit" and not self.room_web_url, "room_web_url is missing."),
            (not _leads_safely(self.room_web_url), "room_web_url must be https, without a slash at its end."),
            (bool(self.room_phone) and not _is_line(self.room_phone), "room_phone must be one line of text."),
            (not all(map(_is_id, self.lasting_rooms)), "room_fixed must name teams by their ids."),
            (not all(map(_leads_safely, fixed)) or not all(fixed), "room_fixed must lead to https addresses."),
            (len(set(fixed)) < len(fixed), "room_fixed must not give two teams one room: their cases would meet."),
        ]
