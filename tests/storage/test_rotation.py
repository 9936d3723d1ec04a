"""Rotation of keys while people work: nobody notices, nothing is lost, and the old keys open nothing any more."""

import argparse
import asyncio
import dataclasses
import io
import json
import shutil

import pytest
from tests.storage.test_closing import CLOSING, HOLD, in_follow_up
from tests.throwaway import throwaway

from multiagency.demo import story
from multiagency.kernel.crypto import CannotDecrypt, MasterKey, Sealed, read_key
from multiagency.kernel.keys import MasterKeys, make_new_master
from multiagency.storage.jobs_rotation import StillBusy, rotate_data
from multiagency.storage.jobs_wrapping import rotate_wrapping
from multiagency.storage.records import client_tables, sealed_columns


@pytest.fixture
async def keys(ground):
    """A directory of keys of its own: a rotation must not change those of other tests."""
    with throwaway("keys") as directory:
        shutil.copytree(ground.directory / "keys", directory, dirs_exist_ok=True)
        yield directory


@pytest.fixture
async def house(lodgings, sink, keys):
    # As many connections as there are people below: who waits too long for one is told so, and that is not the keys'.
    async with lodgings.lived_in(sink, keys_directory=keys, pool_size=12) as house:
        yield house


async def rotate(house, job, **options):
    async with house.keeper() as (runtime, presented):
        return await job(runtime, presented, **options)


async def sealed_values(house):
    """Every sealed value of client data: (table, column, row id, bytes)."""
    return [
        (table.name, column, row["id"], row[column])
        for table in client_tables()
        for column in sealed_columns(table)
        for row in await house.fetch(f"SELECT id, {column} FROM {table.name} WHERE {column} IS NOT NULL")
    ]


async def open_all(house, keys):
    """Open every value with the keys of a directory; return how many, or raise when one does not open."""
    masters = MasterKeys(keys)
    rows = {row["id"]: row for row in await house.fetch("SELECT * FROM data_key")}
    values = await sealed_values(house)
    for table, column, row_id, data in values:
        wrapped = rows[Sealed(data).key_id]
        key = masters.unwrap(wrapped["id"], wrapped["wrapped"], wrapped["master_id"])
        key.open(f"{table}.{column}", row_id, Sealed(data))
    return len(values)


async def full_case(house):
    """A case with something in every sealed column there is a page for."""
    case = await in_follow_up(house)
    coordinator = await house.person("coordinator")
    officer = await house.person("officer")
    await officer.post(f"/cases/{case}/aliases", {"name": "Aino", "birth_date": "1990-01-01"}, 201)
    party = (await officer.get(f"/cases/{case}"))["parties"][0]
    path = f"/cases/{case}/parties/{party['id']}"
    await officer.post(f"{path}/aliases", {"name": "Olli", "birth_date": "1990-01-01"}, 201)
    await coordinator.post(f"/cases/{case}/hold", HOLD)
    await coordinator.post(f"/cases/{case}/closing", CLOSING | await house.staying(case))
    return case


async def test_a_new_master_key_stops_nobody_and_the_old_one_can_go(house, keys):
    case, officer = await full_case(house), await house.person("officer")
    earlier = make_new_master(keys)
    assert earlier.name == "master-1.key"
    await house.filled_draft("social-worker")  # the running process seals under the new key, without a restart
    assert {row["master_id"] for row in await house.fetch("SELECT master_id FROM data_key")} == {
        MasterKey(read_key(keys / name)).id for name in ("master.key", "master-1.key")
    }
    done = await rotate(house, rotate_wrapping)
    assert done.keys >= 3
    assert done.left == 0
    assert {row["master_id"] for row in await house.fetch("SELECT master_id FROM data_key")} == {
        MasterKey(read_key(keys / "master.key")).id
    }
    assert await officer.get(f"/cases/{case}")
    earlier.unlink()
    assert await open_all(house, keys) > 10
    async with house.keeper() as (runtime, _):  # a process that starts now
        assert runtime.tools.master.current().id == MasterKey(read_key(keys / "master.key")).id
    assert (await officer.get(f"/cases/{case}"))["client"]["name"] == story.CLIENT["name"]
    again = await rotate(house, rotate_wrapping)
    assert (again.keys, again.messages) == (0, 0)


async def test_what_was_wrapped_before_master_ids_were_recorded_opens_and_is_wrapped_anew(house, keys):
    case = await house.submitted()
    await house.fetch("UPDATE data_key SET master_id = NULL")
    make_new_master(keys)
    assert (await (await house.person("officer")).get(f"/cases/{case}"))["client"]
    await rotate(house, rotate_wrapping)
    assert await house.fetch("SELECT FROM data_key WHERE master_id IS NULL") == []


async def test_waiting_mail_is_wrapped_anew_and_arrives(house, keys):
    await house.opened(await house.submitted(), "Heikki")
    earlier = make_new_master(keys)
    assert (await rotate(house, rotate_wrapping)).messages == 1
    earlier.unlink()
    house.runtime.tools.master._look_again()
    await house.deliver()
    assert len(house.mails()) == 1


async def test_a_message_that_a_worker_has_in_its_hands_is_left_alone_and_said(house, keys):
    await house.opened(await house.submitted(), "Heikki")
    await house.fetch("UPDATE outbox SET attempts = 1, next_attempt_at = now() + interval '50 seconds'")
    make_new_master(keys)
    done = await rotate(house, rotate_wrapping, patience=0)
    assert (done.messages, done.left) == (0, 1)
    await house.fetch("UPDATE outbox SET next_attempt_at = now()")
    done = await rotate(house, rotate_wrapping, patience=0)
    assert (done.messages, done.left) == (1, 0)


async def test_a_key_that_no_master_opens_is_said_and_kept(house, keys):
    await house.submitted()
    await house.fetch("UPDATE data_key SET wrapped = '\\x00112233445566778899aabb' WHERE case_id IS NOT NULL")
    make_new_master(keys)
    assert (await rotate(house, rotate_wrapping)).left > 0
    assert await house.fetch("SELECT FROM data_key WHERE case_id IS NOT NULL")


async def test_every_value_gets_a_new_key_and_the_old_ones_are_gone(house, keys):
    case = await full_case(house)
    before, old = await sealed_values(house), await house.fetch("SELECT * FROM data_key WHERE case_id IS NOT NULL")
    done = await rotate(house, rotate_data)
    assert (done.values, done.unreadable) == (len(before), 0)
    assert done.keys_destroyed == len(old)
    now = {row["id"] for row in await house.fetch("SELECT id FROM data_key WHERE case_id IS NOT NULL")}
    assert not now & {row["id"] for row in old}
    assert len(now) == done.keys_made
    assert await open_all(house, keys) == len(before)
    assert not {value[3] for value in before} & {value[3] for value in await sealed_values(house)}
    kept = await (await house.person("officer")).get(f"/cases/{case}")
    assert kept["client"]["name"] == story.CLIENT["name"]
    assert kept["parts"][0]["narrative"] == story.NARRATIVE


async def test_a_copy_of_old_keys_and_the_old_master_opens_nothing_new(house, keys):
    await full_case(house)
    stolen = {row["id"]: row for row in await house.fetch("SELECT * FROM data_key")}
    master = MasterKey(read_key(keys / "master.key"))
    make_new_master(keys)
    await rotate(house, rotate_wrapping)
    await rotate(house, rotate_data)
    for table, column, row_id, data in await sealed_values(house):
        assert Sealed(data).key_id not in stolen
        for row in stolen.values():
            with pytest.raises(CannotDecrypt):
                master.unwrap(row["id"], row["wrapped"]).open(f"{table}.{column}", row_id, Sealed(data))
    for row in await house.fetch("SELECT * FROM data_key WHERE case_id IS NOT NULL"):
        with pytest.raises(CannotDecrypt):
            master.unwrap(row["id"], row["wrapped"])


async def test_reads_and_writes_go_on_during_a_rotation(house, keys):
    """None fails; what was written meanwhile opens afterwards, also without the old master key."""
    cases = [await house.filled_draft() for _ in range(5)]
    officer, made, over = await house.person("officer"), [], asyncio.Event()

    async def work(place):
        case, done = cases[place % 5], 0
        while done < 5 or not over.is_set():
            if place % 2:
                assert (await officer.get(f"/cases/{case}"))["client"]
            else:
                await officer.put(f"/cases/{case}/part", {"narrative": f"{story.NARRATIVE} {place}.{done}"})
            done += 1
        made.append(done)

    async def keep():
        make_new_master(keys)
        try:
            wrapped = await rotate(house, rotate_wrapping)
            return wrapped, await rotate(house, rotate_data)
        finally:
            over.set()

    results = await asyncio.gather(keep(), *(work(place) for place in range(10)))
    wrapped, rotated = results[0]
    assert sum(made) >= 50
    assert wrapped.keys > 0
    assert (rotated.unreadable, rotated.values >= 30) == (0, True)
    await rotate(house, rotate_wrapping)
    (keys / "master-1.key").unlink()
    assert await open_all(house, keys) > 30
    assert await house.fetch("SELECT FROM data_key WHERE retired_at IS NOT NULL") == []
    for case in cases:
        assert story.NARRATIVE in (await officer.get(f"/cases/{case}"))["parts"][0]["narrative"]


@pytest.mark.parametrize("moments", [3, 6, 9, 14])
async def test_killed_in_the_middle_and_run_again_it_is_whole(house, keys, moments, monkeypatch):
    case = await full_case(house)
    count, old = await open_all(house, keys), await house.fetch("SELECT id FROM data_key WHERE case_id IS NOT NULL")
    async with house.keeper() as (runtime, presented):
        opened, original = [], runtime.unit_of_work

        def killed(*about):
            opened.append(about)
            if len(opened) > moments:
                raise asyncio.CancelledError
            return original(*about)

        monkeypatch.setattr(type(runtime), "unit_of_work", lambda self, *about: killed(*about))
        with pytest.raises(asyncio.CancelledError):
            await rotate_data(runtime, presented)
        monkeypatch.undo()
    assert await open_all(house, keys) == count
    assert (await (await house.person("officer")).get(f"/cases/{case}"))["client"]
    made = len(await house.fetch("SELECT FROM data_key WHERE case_id IS NOT NULL AND retired_at IS NULL"))
    done = await rotate(house, rotate_data)
    assert done.keys_destroyed == len(old)
    assert made + done.keys_made <= 2 * len(old)
    assert await open_all(house, keys) == count
    assert await house.fetch("SELECT FROM data_key WHERE retired_at IS NOT NULL") == []


async def test_an_interrupted_rotation_is_finished_without_new_keys(house, keys):
    await full_case(house)
    async with house.keeper() as (runtime, presented):
        from multiagency.storage import jobs_rotation as rotation

        began = await rotation._began(runtime, presented)
        made = await rotation._retire(runtime, presented, began)
        assert made > 0
        done = await rotate_data(runtime, presented)
    assert done.keys_made == 0
    assert done.keys_destroyed == made


async def test_a_transaction_that_may_still_seal_with_an_old_key_is_waited_for(house, keys):
    await house.submitted()
    old = {row["id"] for row in await house.fetch("SELECT id FROM data_key WHERE case_id IS NOT NULL")}
    async with house.as_role("app") as connection:
        await connection.fetchval("SELECT 1")
        with pytest.raises(StillBusy):
            await rotate(house, rotate_data, patience=0.2)
    assert old <= {row["id"] for row in await house.fetch("SELECT id FROM data_key")}
    assert (await rotate(house, rotate_data)).keys_destroyed == len(old)


async def test_a_value_that_does_not_open_keeps_its_key(house, keys):
    await house.submitted()
    await house.fetch("UPDATE client SET name = substr(name, 1, 40) || '\\xff'::bytea")
    done = await rotate(house, rotate_data)
    assert done.unreadable == 1
    assert len(await house.fetch("SELECT FROM data_key WHERE retired_at IS NOT NULL")) == 1


async def test_rotation_is_logged_with_numbers_only(house, keys):
    await full_case(house)
    await rotate(house, rotate_data)
    auditor = await house.person("auditor")
    entries = [e["body"] for e in await auditor.get("/audit/entries") if e["body"]["act"] == "rotate_keys"]
    assert {entry["purpose"] for entry in entries} == {"storage"}
    assert any(entry["result"].startswith("keys_destroyed:") for entry in entries)
    assert (await house.http.get("/audit", headers=auditor._headers)).status_code == 200


async def test_the_command_says_in_json_what_it_did(house, keys, capsys, monkeypatch):
    from multiagency.cli import keeper
    from multiagency.embedded.provision import dsn

    await house.submitted()
    address = dsn(house.ground.server, "keeper", house.ground.passwords, house.database)
    settings = house.ground.settings(
        house.database,
        keys_directory=keys,
        database_url_keeper=address,
        keeper_password=house.ground.passwords["service_account"],
    )
    monkeypatch.setattr(keeper, "Settings", lambda: settings)
    for words in (["rotate", "wrapping"], ["rotate", "data"], ["retention", "run", "--dry-run"]):
        assert await asyncio.to_thread(keeping_main, [*words, "--json"]) == 0
        printed = capsys.readouterr()
        assert printed.out.startswith("{")
        assert printed.err == ""


def test_a_terminal_sees_a_bar_and_nothing_else_does(monkeypatch):
    from multiagency.cli import keeper

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    async def job(runtime, presented, progress=None):
        if progress:
            for done in range(5):
                progress(done, 4)

    for screen, drawn in ((Terminal(), True), (io.StringIO(), False)):
        monkeypatch.setattr(keeper.sys, "stderr", screen)
        asyncio.run(keeper._with_progress(None, None, job, {}))
        assert ("[###" in screen.getvalue() and "4/4" in screen.getvalue()) is drawn
        assert drawn or screen.getvalue() == ""


def keeping_main(words):
    from multiagency.cli.main import main

    return main(words)


def test_the_new_master_is_private_and_there_is_never_none(keys_on_disk):
    old = read_key(keys_on_disk / "master.key")
    earlier = make_new_master(keys_on_disk)
    assert read_key(earlier) == old
    assert read_key(keys_on_disk / "master.key") != old
    for path in (earlier, keys_on_disk / "master.key"):
        assert path.stat().st_mode & 0o777 == 0o600
    assert make_new_master(keys_on_disk).name == "master-2.key"
    assert len({path.read_bytes() for path in keys_on_disk.glob("master*.key")}) == 3


def test_a_data_key_of_a_master_key_that_came_later_is_found(keys_on_disk):
    running = MasterKeys(keys_on_disk)
    make_new_master(keys_on_disk)
    later = MasterKeys(keys_on_disk).current()
    from multiagency.kernel.ids import uuid7

    key, wrapped = later.new_data_key(uuid7())
    assert running.unwrap(key.id, wrapped, later.id).material == key.material
    with pytest.raises(CannotDecrypt):
        running.unwrap(key.id, wrapped, "0" * 16)


def test_a_directory_that_cannot_be_read_any_more_stops_no_running_process(keys_on_disk):
    running = MasterKeys(keys_on_disk)
    from multiagency.kernel.ids import uuid7

    key, wrapped = running.current().new_data_key(uuid7())
    (keys_on_disk / "master.key").chmod(0o644)
    assert running.unwrap(key.id, wrapped).material == key.material
    with pytest.raises(CannotDecrypt):
        running.unwrap(uuid7(), wrapped)


@pytest.fixture
def keys_on_disk(tmp_path):
    path = tmp_path / "master.key"
    path.write_bytes(b"m" * 32)
    path.chmod(0o600)
    return tmp_path


@pytest.mark.parametrize(("done", "status"), [({}, 0), ({"left": 2}, 1), ({"unreadable": 1}, 1)])
def test_a_job_that_leaves_something_to_do_ends_with_1(monkeypatch, capsys, done, status):
    from multiagency.cli import keeper

    async def job(*_):
        return dataclasses.make_dataclass("Done", done)(**done)

    monkeypatch.setattr(keeper, "_as_keeper", job)
    assert keeper._run(argparse.Namespace(job=None, json=True)) == status
    assert json.loads(capsys.readouterr().out) == done
