"""The examples of settings: complete, safe, startable, and each process with its own secrets only."""

import asyncio
import re

import pytest
from tests.deploy.files import COMMANDS, KEYS, PROCESSES, example, filled, keys_for, lose, settings_in

from multiagency.app import build_app
from multiagency.audit.note import Verifier
from multiagency.settings import Settings
from multiagency.wiring import wire
from multiagency.worker import run


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


@pytest.mark.parametrize("missing", sorted(KEYS["worker"]))
async def test_the_worker_needs_each_of_its_keys(tmp_path, missing):
    keys_for("worker", tmp_path / "keys")
    lose(tmp_path / "keys" / missing)
    with pytest.raises((FileNotFoundError, ValueError), match=missing.removesuffix(".key")):
        await run(filled("worker", tmp_path / "keys"), asyncio.Event())


@pytest.mark.parametrize("missing", ["master", "lookup.key", "room.key"])
def test_the_web_process_needs_each_of_its_keys(tmp_path, missing):
    keys_for("web", tmp_path / "keys")
    lose(tmp_path / "keys" / missing)
    with pytest.raises((FileNotFoundError, ValueError), match=missing.removesuffix(".key")):
        build_app(filled("web", tmp_path / "keys"))


def test_an_unsafe_change_to_an_example_is_refused(tmp_path):
    with pytest.raises(ValueError, match="demo_accounts must be off"):
        filled("web", tmp_path, demo_accounts="true")
    with pytest.raises(ValueError, match="no_such_setting"):
        filled("web", tmp_path, no_such_setting="1")


def test_the_examples_hold_every_setting():
    held = {name for process in (*PROCESSES, *COMMANDS) for name in settings_in(example(process))}
    assert held == set(Settings.model_fields)


def test_the_web_process_gets_nothing_of_the_workers():
    web = settings_in(example("web"))
    assert not {"database_url_worker", "worker_login", "worker_password", "smtp_password", "imap_password"} & web.keys()
    assert "multiagency_worker" not in "".join(web.values())


def test_what_both_processes_write_into_mails_is_the_same():
    web, worker = settings_in(example("web")), settings_in(example("worker"))
    for name in ("base_url", "mail_domain", "mail_name", "mail_questions", "mail_settle_seconds"):
        assert web[name] == worker[name]


def test_both_processes_know_the_same_rooms():
    web, worker = settings_in(example("web")), settings_in(example("worker"))
    rooms = {name for name in web if name.startswith("room_")}
    assert len(rooms) == 8
    assert {name: web[name] for name in rooms} == {name: worker[name] for name in rooms}


@pytest.mark.parametrize("process", PROCESSES)
def test_no_process_that_stays_up_gets_anything_of_the_keepers(process):
    settings = settings_in(example(process))
    assert not {name for name in settings if "keeper" in name}
    assert "keeper" not in "".join(settings.values())


def test_the_keeper_starts_on_its_example_with_its_own_role_only(tmp_path):
    keys_for("keeper", tmp_path / "keys")
    runtime = wire(filled("keeper", tmp_path / "keys"))
    assert {door.value for door in runtime.engines} == {"app", "signin", "keeper"}
    assert not {"database_url_worker", "smtp_password", "worker_password"} & settings_in(example("keeper")).keys()


@pytest.mark.parametrize("process", ["worker", *COMMANDS])
def test_who_needs_none_gets_no_password_of_the_application(process):
    address = settings_in(example(process))["database_url_app"]
    assert re.fullmatch(r"postgresql\+asyncpg://multiagency_app@[^:]+", address)


@pytest.mark.parametrize("process", [*PROCESSES, *COMMANDS])
def test_the_examples_hold_no_real_password(process):
    for name, value in settings_in(example(process)).items():
        password = re.search(r"//[^:/@]+:([^@]*)@", value)
        if name.endswith("password") or password:
            assert (password[1] if password else value) == "CHANGE-ME"


@pytest.mark.parametrize("process", [*PROCESSES, *COMMANDS])
def test_every_setting_of_an_example_is_explained(process):
    for block in example(process).strip().split("\n\n"):
        if "MULTIAGENCY_ENVIRONMENT" not in block:
            assert block.startswith("# "), block
