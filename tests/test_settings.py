"""Production settings start; unsafe ones are refused, each with a sentence that says what to change."""

import pytest
from pydantic import ValidationError

from multiagency.app import build_app
from multiagency.audit.keyfiles import make_key_files
from multiagency.settings import Settings, is_loopback


@pytest.fixture
def production(tmp_path):
    make_key_files(tmp_path / "keys", "log.example/log")
    return {
        "environment": "production",
        "base_url": "https://yhteistyo.example",
        "database_url_app": "postgresql+asyncpg://app@db.example/multiagency",
        "database_url_signin": "postgresql+asyncpg://signin@db.example/multiagency",
        "keys_directory": str(tmp_path / "keys"),
        "smtp_host": "smtp.example",
    }


def test_production_settings_start(production):
    application = build_app(Settings.model_validate(production))
    assert application.app.state.runtime.settings.environment == "production"


_TEAM = "01a20000-0000-7000-8000-000000000001"

UNSAFE = {
    "metrics for no network": ({"metrics_networks": "127.0.0.1/8"}, "networks separated by commas"),
    "plain http": ({"base_url": "http://yhteistyo.example"}, "https"),
    "http on loopback in production": ({"base_url": "http://127.0.0.1"}, "https in production"),
    "no address": ({"base_url": "yhteistyo"}, "http"),
    "slash at the end": ({"base_url": "https://yhteistyo.example/"}, "slash"),
    "demo accounts in production": ({"demo_accounts": True}, "demo_accounts must be off"),
    "artificial codes in production": ({"artificial_codes": True}, "artificial_codes must be off"),
    "embedded database in production": ({"embedded_database": True}, "embedded_database"),
    "mail without TLS": ({"smtp_tls": "none"}, "smtp_tls"),
    "a mailbox without TLS": (
        {"imap_host": "imap.example", "imap_username": "a", "imap_password": "b", "imap_tls": "none"},
        "imap_tls",
    ),
    "a mailbox that nobody signs in to": ({"imap_host": "imap.example"}, "imap_username and imap_password"),
    "a mailbox without a password": ({"imap_host": "imap.example", "imap_username": "a"}, "imap_password"),
    "a folder that would add a command": ({"imap_folder": "INBOX\r\nA DELETE INBOX"}, "imap_folder"),
    "a mail domain that is none": ({"mail_domain": "säkylä.example"}, "mail_domain"),
    "a mail domain too long for an address": ({"mail_domain": "kutsu." * 40 + "example"}, "mail_domain"),
    "a name that would add a header": ({"mail_name": "Kutsut\r\nBcc: joku@muu.example"}, "mail_name"),
    "nobody to ask": ({"mail_questions": " "}, "mail_questions"),
    "instruments that are not there": ({"instruments_directory": "/nonexistent"}, "instruments_directory"),
    "keys that are not there": ({"keys_directory": "/nonexistent"}, "keys_directory"),
    "demo accounts beyond loopback": (
        {"environment": "demo", "demo_accounts": True, "embedded_database": True, "host": "0.0.0.0"},  # noqa: S104
        "loopback",
    ),
    "demo accounts on a real database": (
        {"environment": "demo", "demo_accounts": True, "base_url": "http://127.0.0.1:8000"},
        "embedded database",
    ),
    "rooms of a provider that cannot be asked": ({"room_provider": "livekit"}, "room_api_url is missing"),
    "a provider without a secret": (
        {"room_provider": "bigbluebutton", "room_api_url": "https://bbb.example/api", "room_api_secret": "short"},
        "room_api_secret",
    ),
    "a provider over plain http": (
        {"room_provider": "bigbluebutton", "room_api_url": "http://bbb.example/api", "room_api_secret": "x" * 40},
        "room_api_url must be https",
    ),
    "a secret in the provider's address": ({"room_api_url": "https://a:b@bbb.example/api"}, "room_api_url must be"),
    "LiveKit without its key's name": (
        {
            "room_provider": "livekit",
            "room_api_url": "https://livekit.example",
            "room_api_secret": "x" * 40,
            "room_web_url": "https://meet.example/rooms",
        },
        "room_api_key",
    ),
    "LiveKit without a page": (
        {
            "room_provider": "livekit",
            "room_api_url": "https://livekit.example",
            "room_api_secret": "x" * 40,
            "room_api_key": "one",
        },
        "room_web_url is missing",
    ),
    "Jitsi asked with a nameless key": (
        {"room_provider": "jitsi", "room_api_url": "https://prosody.example"},
        "room_api_key",
    ),
    "a domain of rooms that is none": ({"room_domain": "meet.example; script-src *"}, "room_domain"),
    "an instruction of two lines": ({"room_phone": "010\n123"}, "room_phone"),
    "a lasting room of nobody": ({"room_fixed": "MARAK=https://teams.example/x"}, "room_fixed must name teams"),
    "a lasting room over plain http": ({"room_fixed": f"{_TEAM}=http://teams.example/x"}, "room_fixed must lead"),
    "a lasting room nowhere": ({"room_fixed": _TEAM}, "room_fixed must lead"),
    "two teams in one lasting room": (
        {"room_fixed": f"{_TEAM}=https://teams.example/x {_TEAM[:-1]}2=https://teams.example/x"},
        "their cases would meet",
    ),
    "a long session": ({"session_hours": 48}, "24"),
}


@pytest.mark.parametrize("name", UNSAFE)
def test_unsafe_settings_are_refused(production, name):
    changed, said = UNSAFE[name]
    with pytest.raises(ValidationError, match=said):
        Settings.model_validate(production | changed)


@pytest.mark.parametrize(
    ("name", "length"), [("room.key", 31), ("lookup.key", 31), ("master.key", 31), ("master.key", 64)]
)
def test_keys_of_a_wrong_length_are_refused_at_the_start(production, tmp_path, name, length):
    path = tmp_path / "keys" / name
    path.write_bytes(b"k" * length)
    with pytest.raises(ValueError, match="32 bytes"):
        build_app(Settings.model_validate(production))


def test_keys_that_others_can_read_are_refused_at_the_start(production, tmp_path):
    (tmp_path / "keys" / "master.key").chmod(0o644)
    with pytest.raises(ValueError, match="owner only"):
        build_app(Settings.model_validate(production))


def test_existing_keys_are_never_replaced(tmp_path):
    first = make_key_files(tmp_path, "log.example/log")
    content = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert make_key_files(tmp_path, "log.example/log") == first
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == content
    assert (tmp_path / "log.key").stat().st_mode & 0o777 == 0o600


def test_master_keys_may_stand_in_a_directory_of_their_own(production, tmp_path):
    keys = tmp_path / "keys"
    (keys / "master").mkdir()
    with pytest.raises(ValueError, match="move"):
        make_key_files(keys, "log.example/log")
    (keys / "master.key").rename(keys / "master" / "master.key")
    make_key_files(keys, "log.example/log")
    assert not (keys / "master.key").exists()
    assert build_app(Settings.model_validate(production))


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104
        ("10.0.0.1", False),
        ("example.org", False),
        ("", False),
        ("localhost.example", False),
    ],
)
def test_loopback(host, expected):
    assert is_loopback(host) is expected


def test_secrets_do_not_show_in_representations(production):
    settings = Settings.model_validate(production | {"database_url_app": "postgresql+asyncpg://app:hidden@db/x"})
    assert "hidden" not in repr(settings)
