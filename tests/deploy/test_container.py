"""Container and compose file: locked down, installed by hash, each service with its own keys and settings."""

import re
import tomllib
from pathlib import Path

import pytest
from tests.deploy.files import COMMANDS, DEPLOY, KEYS, PROCESSES, ROOT

from multiagency.settings import Settings

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
    assert keys_of(block(COMPOSE, "services"), 1) == ["db", "migrate", "web", "worker", "keeper"]
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


@pytest.mark.parametrize("name", [*PROCESSES, *COMMANDS])
def test_each_container_sees_its_own_keys_and_settings_only(name):
    service = service_block(name)
    mounted = re.findall(r"- (\S+):(\S+):ro", service)
    assert {Path(inside).name for _, inside in mounted} == KEYS[name]
    assert all(outside == f"/etc/multiagency{inside}" for outside, inside in mounted)
    assert f"env_file: /etc/multiagency/{name}.env\n" in service


def test_the_keeper_is_not_started_with_the_others():
    assert "profiles: [maintenance]" in service_block("keeper")
    assert "<<: *service\n" in service_block("keeper")
    for name in PROCESSES:
        assert "keeper" not in service_block(name)


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
        assert "--require-hashes" in words or "--no-deps --no-build-isolation ." in words
    assert "--require-hashes -r requirements/runtime.lock -r requirements/build.lock" in CONTAINERFILE
    needed = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"])
    lock = (ROOT / "requirements" / "build.lock").read_text()
    for name in {re.match(r"[\w-]+", requirement)[0] for requirement in needed}:
        assert re.search(rf"^{name}==\S+ \\\n    --hash=", lock, re.MULTILINE)


def test_the_container_has_what_the_migrations_look_for():
    copied = [words.split()[:-1] for words in re.findall(r"^COPY (.*)$", CONTAINERFILE, re.MULTILINE)]
    sources = {source for words in copied for source in words}
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert {source.split("/multiagency")[0] for source in wheel["only-include"]} | {"pyproject.toml"} <= sources
    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert "ENTRYPOINT" in CONTAINERFILE.split("USER 10001")[1]
