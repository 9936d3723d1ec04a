"""A master key that is missing, wrong or old: a sentence says which, and what does not need it goes on."""

import asyncio
import secrets
import shutil

import pytest
from tests.pages import at_pages
from tests.storage.test_expiry import expire

from multiagency.assurance.jobs_selfcheck import check
from multiagency.audit.keyfiles import make_key_files
from multiagency.cli.main import main
from multiagency.demo.household import environment_of
from multiagency.kernel.keys import MasterKeys
from multiagency.storage.jobs_wrapping import rotate_wrapping


@pytest.fixture
async def keys(ground, tmp_path):
    shutil.copytree(ground.directory / "keys", tmp_path / "keys")
    return tmp_path / "keys"


@pytest.fixture
async def house(lodgings, keys):
    async with lodgings.lived_in(keys_directory=keys) as house:
        yield house


def replace(keys):
    """Put a wrong key in place, as somebody might after a loss; return the right one."""
    right = (keys / "master.key").read_bytes()
    (keys / "other").write_bytes(secrets.token_bytes(32))
    (keys / "other").chmod(0o600)
    (keys / "other").replace(keys / "master.key")
    return right


async def test_sec0045_without_its_master_key_a_case_says_which_and_everything_else_goes_on(house, keys):
    case = await house.submitted()
    lost = MasterKeys(keys).current().id
    right = replace(keys)
    house.runtime.tools.master.current()  # looks again, as a process does that starts now
    officer = await house.person("officer")
    problem = await officer.get(f"/cases/{case}", 503)
    assert lost in problem["title"]
    assert lost in (await (await at_pages(house, "officer")).get(f"/cases/{case}", 503)).text
    await officer.get("/teams")
    house.forget("coordinator")
    await (await house.person("coordinator")).get("/teams")
    await house.number_log()
    found = await check(house.runtime, await house.service())
    assert {"unreadable", "key_unusable"} == set(found), "nobody is told that something was changed"
    assert (await expire(house)).rows == 0
    (keys / "master-1.key").write_bytes(right)
    (keys / "master-1.key").chmod(0o600)
    assert (await officer.get(f"/cases/{case}"))["reference"] == case
    assert await check(house.runtime, await house.service()) == []


async def test_rotation_names_the_master_key_that_is_missing(house, keys):
    await house.submitted()
    lost = MasterKeys(keys).current().id
    replace(keys)
    async with house.keeper() as (runtime, presented):
        done = await rotate_wrapping(runtime, presented, patience=0)
    assert done.missing.keys() == {lost}
    assert done.left == done.missing[lost] > 0


async def test_a_command_says_what_to_do_in_a_sentence(house, keys, monkeypatch, capsys):
    for name, value in environment_of(house.settings).items():
        monkeypatch.setenv(name, value)
    (keys / "master.key").unlink()
    assert await asyncio.to_thread(main, ["audit", "checkpoint"]) == 2
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith("multiagency: master.key is missing in ")
    assert "put it back from the backup" in said


@pytest.mark.parametrize("content", [b"", b"short", bytes(33)])
def test_a_master_key_of_another_length_is_named(keys, content):
    (keys / "master.key").write_bytes(content)
    with pytest.raises(ValueError, match=r"master\.key is no usable master key"):
        MasterKeys(keys)


def test_no_new_master_key_is_made_beside_predecessors(keys):
    (keys / "master.key").rename(keys / "master-1.key")
    with pytest.raises(ValueError, match="put it back"):
        make_key_files(keys, "test.example")
    assert not (keys / "master.key").exists()
