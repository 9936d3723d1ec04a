"""What an operator is given works as it stands: units, settings, proxy, container. Each checker can fail."""

import asyncio
import configparser
import contextlib
import io
import os
import re
import secrets
from pathlib import Path

import pytest
from fastapi.routing import iter_route_contexts

from multiagency.app import build_app
from multiagency.audit.keyfiles import make_key_files
from multiagency.audit.note import Verifier
from multiagency.cli import main
from multiagency.settings import Settings
from multiagency.web.middleware import LARGEST_BODY, Shield
from multiagency.worker import run

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
PROCESSES = ("web", "worker")
KEYS = {"web": {"master.key", "room.key", "log.vkey"}, "worker": {"master.key", "room.key", "log.key"}}

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


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch):
    for name in [name for name in os.environ if name.startswith("MULTIAGENCY_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="module")
def commands():
    """The commands that `multiagency --help` offers."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), pytest.raises(SystemExit):
        main(["--help"])
    return set(re.findall(r"^    (\w+) +\w", said.getvalue(), re.MULTILINE))


# Units.


def unit_text(process: str) -> str:
    return (DEPLOY / "systemd" / f"multiagency-{process}.service").read_text()


def service_of(text: str) -> dict[str, str]:
    parser = configparser.ConfigParser(strict=False, interpolation=None, allow_no_value=False, comment_prefixes="#")
    parser.optionxform = str
    parser.read_string(text)
    assert parser.sections() == ["Unit", "Service", "Install"]
    return dict(parser["Service"])


def all_of(text: str, key: str) -> list[str]:
    """Every value of a key that may stand more than once."""
    return re.findall(rf"^{key}=(.*)$", text, re.MULTILINE)


def softened(text: str) -> set[str]:
    """Return what of the hardening is missing or weaker."""
    service = service_of(text)
    weak = {key for key, value in HARDENING.items() if service.get(key) != value}
    filters = all_of(text, "SystemCallFilter")
    return weak if filters == ["@system-service", "~@privileged @resources"] else weak | {"SystemCallFilter"}


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


# Settings.


def example(process: str) -> str:
    return (DEPLOY / "env" / f"{process}.env.example").read_text()


def settings_in(text: str) -> dict[str, str]:
    """Read a file of settings as the service manager does, with the prefix taken off."""
    pairs = [line.split("=", 1) for line in text.splitlines() if line and not line.startswith("#")]
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names)), "a setting stands twice"
    assert all(name.startswith("MULTIAGENCY_") for name in names)
    return {name.removeprefix("MULTIAGENCY_").lower(): value for name, value in pairs}


def keys_for(process: str, directory: Path) -> str:
    """Make key files, leave those that the process may have, and return the log's verifier key."""
    verifier_key = make_key_files(directory, settings_in(example("worker"))["log_origin"])
    for path in list(directory.iterdir()):
        if path.name not in KEYS[process]:
            path.unlink()
    return verifier_key


def filled(process: str, keys: Path, **changes: str) -> Settings:
    text = re.sub("CHANGE-ME", lambda _: secrets.token_hex(24), example(process))
    return Settings.model_validate(settings_in(text) | {"keys_directory": str(keys)} | changes)


def test_the_web_process_starts_in_production_on_its_example(tmp_path):
    verifier_key = keys_for("web", tmp_path / "keys")
    runtime = build_app(filled("web", tmp_path / "keys")).app.state.runtime
    assert runtime.settings.environment == "production"
    assert {door.value for door in runtime.engines} == {"app", "signin"}
    text = (runtime.settings.keys_directory / "log.vkey").read_text()
    assert Verifier.parse(text.strip()) == Verifier.parse(verifier_key)


async def test_the_worker_starts_in_production_on_its_example(tmp_path):
    keys_for("worker", tmp_path / "keys")
    stop = asyncio.Event()
    stop.set()
    await run(filled("worker", tmp_path / "keys"), stop)


@pytest.mark.parametrize("missing", KEYS["worker"])
async def test_the_worker_needs_each_of_its_keys(tmp_path, missing):
    keys_for("worker", tmp_path / "keys")
    (tmp_path / "keys" / missing).unlink()
    with pytest.raises(FileNotFoundError):
        await run(filled("worker", tmp_path / "keys"), asyncio.Event())


@pytest.mark.parametrize("missing", ["master.key", "room.key"])
def test_the_web_process_needs_each_of_its_keys(tmp_path, missing):
    keys_for("web", tmp_path / "keys")
    (tmp_path / "keys" / missing).unlink()
    with pytest.raises(FileNotFoundError):
        build_app(filled("web", tmp_path / "keys"))


def test_an_unsafe_change_to_an_example_is_refused(tmp_path):
    with pytest.raises(ValueError, match="demo_accounts must be off"):
        filled("web", tmp_path, demo_accounts="true")
    with pytest.raises(ValueError, match="no_such_setting"):
        filled("web", tmp_path, no_such_setting="1")


def test_the_examples_hold_every_setting():
    held = {name for process in PROCESSES for name in settings_in(example(process))}
    assert held == set(Settings.model_fields)


def test_the_web_process_gets_nothing_of_the_workers():
    web = settings_in(example("web"))
    assert not {"database_url_worker", "worker_login", "worker_password", "smtp_password"} & web.keys()
    assert "multiagency_worker" not in "".join(web.values())


def test_the_worker_gets_no_password_of_the_application():
    address = settings_in(example("worker"))["database_url_app"]
    assert re.fullmatch(r"postgresql\+asyncpg://multiagency_app@[^:]+", address)


@pytest.mark.parametrize("process", PROCESSES)
def test_the_examples_hold_no_real_password(process):
    for name, value in settings_in(example(process)).items():
        password = re.search(r"//[^:/@]+:([^@]*)@", value)
        if name.endswith("password") or password:
            assert (password[1] if password else value) == "CHANGE-ME"


@pytest.mark.parametrize("process", PROCESSES)
def test_every_setting_of_an_example_is_explained(process):
    for block in example(process).strip().split("\n\n"):
        if "MULTIAGENCY_ENVIRONMENT" not in block:
            assert block.startswith("# "), block


# The proxy.

NGINX = (DEPLOY / "nginx" / "multiagency.conf").read_text()
TELLS_AN_ADDRESS = re.compile(
    r"\$(request\b|request_uri|uri|document_uri|args|query_string|arg_|http_|cookie_|is_args)"
)


def without_comments(conf: str) -> str:
    return re.sub(r"#.*", "", conf)


def locations(conf: str) -> dict[str, str]:
    return dict(re.findall(r"location (?:\^~ |= )?(\S+) \{([^}]*)\}", without_comments(conf)))


def leaks(conf: str, private: set[str]) -> list[str]:
    """Return every way in which this configuration writes down a private address."""
    plain, places = without_comments(conf), locations(conf)
    found = [f"log format: {line}" for line in re.findall(r"log_format [^;]*;", plain) if TELLS_AN_ADDRESS.search(line)]
    for words in re.findall(r"access_log ([^;]*);", plain):
        if words != "off" and words.split()[1:] != ["multiagency"]:
            found.append(f"access log: {words}")
    for words in re.findall(r"error_log ([^;]*);", plain):
        if words.split()[-1] not in {"crit", "alert", "emerg"}:
            found.append(f"error log: {words}")
    if "error_log" not in plain.split("location")[0]:
        found.append("error log: the default one")
    for prefix in private:
        place = next((body for path, body in places.items() if prefix.startswith(path) and path != "/"), "")
        if "access_log off;" not in place or "error_log /dev/null emerg;" not in place:
            found.append(f"not silent: {prefix}")
    return found


@pytest.fixture
def private(tmp_path):
    """The fixed beginning of every path that holds a private address, as the application has them."""
    keys_for("web", tmp_path / "keys")
    app = build_app(filled("web", tmp_path / "keys")).app
    paths = {context.path for context in iter_route_contexts(app.routes) if "{address}" in context.path}
    assert len(paths) >= 4
    return {path.partition("{address}")[0] for path in paths}


def test_the_proxy_writes_no_private_address(private):
    assert leaks(NGINX, private) == []


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("$request_method", "$request_method $uri"),
        ("$request_method", '"$request"'),
        ("$status", "$status $http_referer"),
        ("multiagency.log multiagency;", "multiagency.log;"),
        ("multiagency.log multiagency;", "multiagency.log combined;"),
        ("-error.log crit;", "-error.log error;"),
        ("-error.log crit;", "-error.log;"),
        ("error_log /var/log/nginx/multiagency-error.log crit;", ""),
        ("location ^~ /j/ {\n        access_log off;", "location ^~ /j/ {\n"),
        ("location ^~ /api/v1/invitations {", "location ^~ /elsewhere {"),
        ("error_log /dev/null emerg;", "error_log /var/log/nginx/multiagency-error.log crit;"),
    ],
)
def test_a_proxy_that_writes_one_is_noticed(private, good, bad):
    assert good in NGINX
    assert leaks(NGINX.replace(good, bad), private) != []


def test_the_proxy_listens_with_tls_only():
    listening = re.findall(r"listen ([^;]*);", without_comments(NGINX))
    assert listening
    assert all("ssl" in words.split() and words.split()[0].endswith("443") for words in listening)


def test_the_proxy_says_what_the_application_says_about_https():
    said = dict(Shield(None, "https://a.example")._headers)[b"strict-transport-security"].decode()
    assert f'add_header Strict-Transport-Security "{said}" always;' in NGINX
    assert "proxy_hide_header Strict-Transport-Security;" in NGINX


def test_the_proxy_hands_on_whole_bodies_and_keeps_them_off_the_disk():
    plain = without_comments(NGINX)
    assert "proxy_request_buffering on;" in plain
    assert "proxy_max_temp_file_size 0;" in plain
    largest, in_memory = (re.search(rf"{name} (\d+)m;", plain) for name in ("max_body_size", "body_buffer_size"))
    assert largest[1] == in_memory[1]
    assert int(largest[1]) * 1024 * 1024 >= LARGEST_BODY


def test_the_proxy_reaches_the_web_process():
    web = settings_in(example("web"))
    assert set(re.findall(r"proxy_pass ([^;]*);", NGINX)) == {f"http://{web['host']}:{web['port']}"}
    assert f"server_name {web['base_url'].removeprefix('https://')};" in NGINX


# The container. No library that reads YAML is installed, so the compose file is read by its indentation.

COMPOSE = (DEPLOY / "compose.yaml").read_text()
CONTAINERFILE = (DEPLOY / "container" / "Containerfile").read_text()


def block(text: str, name: str, depth: int = 0) -> str:
    """Return what stands below a key of this depth."""
    found = re.search(rf"^{'  ' * depth}{name}:.*\n((?:{'  ' * (depth + 1)}.*\n|\n)*)", text, re.MULTILINE)
    assert found, name
    return found[1]


def keys_of(text: str, depth: int = 0) -> list[str]:
    return re.findall(rf"^{'  ' * depth}([\w-]+):", text, re.MULTILINE)


def service_block(name: str) -> str:
    return block(block(COMPOSE, "services"), name, 1)


def test_the_compose_file_is_laid_out_as_yaml():
    assert "\t" not in COMPOSE
    assert all((len(line) - len(line.lstrip())) % 2 == 0 for line in COMPOSE.splitlines())
    assert set(keys_of(COMPOSE)) >= {"name", "services", "networks", "volumes", "configs", "secrets"}
    assert keys_of(block(COMPOSE, "services"), 1) == ["db", "migrate", "web", "worker"]
    assert "image: postgres:18\n" in service_block("db")


@pytest.mark.parametrize("name", ["migrate", "web", "worker"])
def test_each_service_runs_its_command_locked_down(name, commands):
    service = service_block(name)
    assert f"command: [{name}]\n" in service
    assert name in commands
    assert "<<: *service\n" in service
    common = block(COMPOSE, "x-service")
    for line in ("read_only: true", "cap_drop: [ALL]", 'security_opt: ["no-new-privileges:true"]', "core: 0"):
        assert line in common
    user = re.search(r'user: "(\d+):\d+"', common)
    assert user
    assert f"USER {user[1]}:" in CONTAINERFILE
    assert user[1] != "0"


@pytest.mark.parametrize("name", PROCESSES)
def test_each_container_sees_its_own_keys_and_settings_only(name):
    service = service_block(name)
    mounted = re.findall(r"- (\S+):(\S+):ro", service)
    assert {Path(inside).name for _, inside in mounted} == KEYS[name]
    assert all(outside == f"/etc/multiagency{inside}" for outside, inside in mounted)
    assert f"env_file: /etc/multiagency/{name}.env\n" in service


def test_the_compose_file_sets_settings_that_exist():
    named = set(re.findall(r"MULTIAGENCY_(\w+)", COMPOSE)) - {"DATABASE_URL_OWNER"}
    assert named
    assert {name.lower() for name in named} <= set(Settings.model_fields)


def test_every_role_that_signs_in_gets_a_password():
    logins = set(re.findall(r"CREATE ROLE (\w+) LOGIN", (DEPLOY / "roles.sql").read_text()))
    set_there = dict(re.findall(r"cat /run/secrets/(\w+)`\n +ALTER ROLE (\w+) PASSWORD", block(COMPOSE, "configs")))
    assert set(set_there.values()) == logins
    assert all(role == f"multiagency_{secret}" for secret, role in set_there.items())


def test_the_container_installs_only_what_has_a_hash():
    for words in re.findall(r"pip install ([^\n&]*)", CONTAINERFILE):
        assert "--require-hashes" in words or "--no-deps --no-build-isolation -e ." in words
    assert "-r requirements/runtime.lock" in CONTAINERFILE
    script = re.search(r"sed -n '(.*)' requirements/demo.lock", CONTAINERFILE)
    assert script[1].startswith("/^flit-core==/")
    lock = (ROOT / "requirements" / "demo.lock").read_text()
    assert re.search(r"^flit-core==\S+ \\\n    --hash=", lock, re.MULTILINE)


def test_the_container_has_what_the_migrations_look_for():
    copied = [words.split()[:-1] for words in re.findall(r"^COPY (.*)$", CONTAINERFILE, re.MULTILINE)]
    sources = {source for words in copied for source in words}
    assert {"src", "alembic", "alembic.ini", "pyproject.toml"} <= sources
    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert "ENTRYPOINT" in CONTAINERFILE.split("USER 10001")[1]
