"""systemd units: hardened, starting what exists, showing each process its own keys only."""

import configparser
import re
from pathlib import Path

import pytest
from tests.deploy.files import DEPLOY, KEYS, PROCESSES, example, settings_in

SWITCHED_ON = (
    "ProtectHome PrivateTmp PrivateDevices PrivateUsers NoNewPrivileges MemoryDenyWriteExecute ProtectKernelTunables "
    "ProtectKernelModules ProtectKernelLogs ProtectControlGroups ProtectClock RestrictSUIDSGID RestrictNamespaces "
    "RestrictRealtime LockPersonality"
)
HARDENING = dict.fromkeys(SWITCHED_ON.split(), "yes") | {
    "User": "multiagency",
    "Group": "multiagency",
    "Restart": "on-failure",
    "UMask": "0077",
    "ProtectSystem": "strict",
    "ProtectProc": "invisible",
    "CapabilityBoundingSet": "",
    "AmbientCapabilities": "",
    "LimitCORE": "0",
    "MemorySwapMax": "0",
    "RestrictAddressFamilies": "AF_UNIX AF_INET AF_INET6",
    "SystemCallArchitectures": "native",
    "TemporaryFileSystem": "/etc/multiagency:ro",
}
LIMITS_ITSELF = "prlimit64 setrlimit"


def unit_text(process: str) -> str:
    return (DEPLOY / "systemd" / f"multiagency-{process}.service").read_text()


def service_of(text: str) -> dict[str, str]:
    parser = configparser.ConfigParser(strict=False, interpolation=None, allow_no_value=False, comment_prefixes="#")
    parser.optionxform = str
    parser.read_string(text)
    assert parser.sections()[:2] == ["Unit", "Service"]
    return dict(parser["Service"])


def all_of(text: str, key: str) -> list[str]:
    """Every value of a key that may stand more than once."""
    return re.findall(rf"^{key}=(.*)$", text, re.MULTILINE)


def softened(text: str) -> set[str]:
    """Return what of the hardening is missing or weaker."""
    service = service_of(text)
    weak = {key for key, value in HARDENING.items() if service.get(key) != value}
    filters = all_of(text, "SystemCallFilter")
    strict = [one for one in filters if one != LIMITS_ITSELF] == ["@system-service", "~@privileged @resources"]
    return weak if strict else weak | {"SystemCallFilter"}


def test_the_process_that_makes_papers_may_limit_itself():
    """It begins with setrlimit, and makes none where that is refused."""
    assert LIMITS_ITSELF in all_of(unit_text("web"), "SystemCallFilter")


@pytest.mark.parametrize("process", PROCESSES)
def test_units_are_hardened(process):
    assert softened(unit_text(process)) == set()


@pytest.mark.parametrize("process", PROCESSES)
@pytest.mark.parametrize("key", [*HARDENING, "SystemCallFilter"])
def test_a_hardening_line_that_is_gone_is_missed(process, key):
    assert softened(re.sub(rf"^{key}=.*\n", "", unit_text(process), flags=re.MULTILINE)) == {key}


@pytest.mark.parametrize("process", PROCESSES)
def test_units_start_a_command_that_exists(process, commands):
    service = service_of(unit_text(process))
    assert service["ExecStart"] == f"/opt/multiagency/.venv/bin/multiagency {process}"
    assert process in commands
    assert "no-such-command" not in commands
    assert service["EnvironmentFile"] == f"/etc/multiagency/{process}.env"


@pytest.mark.parametrize("process", PROCESSES)
def test_units_show_the_process_its_own_keys_only(process):
    shown = all_of(unit_text(process), "BindReadOnlyPaths")
    assert {Path(path).name for path in shown} == KEYS[process]
    keys = settings_in(example(process))["keys_directory"]
    assert {str(Path(path).parent) for path in shown} == {keys}


def test_expiry_runs_at_night_as_locked_down_as_the_rest(commands):
    text = unit_text("retention")
    assert softened(text) == {"Restart"}  # the timer starts it again
    service = service_of(text)
    assert service["Type"] == "oneshot"
    assert service["ExecStart"] == "/opt/multiagency/.venv/bin/multiagency retention run"
    assert "retention" in commands
    assert service["EnvironmentFile"] == "/etc/multiagency/keeper.env"
    assert {Path(path).name for path in all_of(text, "BindReadOnlyPaths")} == KEYS["keeper"]
    timer = (DEPLOY / "systemd" / "multiagency-retention.timer").read_text()
    assert "OnCalendar=*-*-* 03:30 Europe/Helsinki" in timer
    assert "WantedBy=timers.target" in timer
