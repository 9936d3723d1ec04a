"""The demo as a newcomer meets it: started from the command line, stopped with Ctrl-C, started again."""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from tests.throwaway import throwaway

from multiagency.demo.household import DATABASE, free_port
from multiagency.demo.lapland import ACCOUNTS
from multiagency.embedded.postgres import EmbeddedPostgres
from multiagency.embedded.provision import connect, create_database, create_roles, generated_passwords

COMMAND = [sys.executable, "-m", "multiagency.cli", "demo"]
MODELS = ("marak", "ankkuri", "hss")


@pytest.fixture
def data():
    with throwaway("demo") as directory:
        yield directory


class Demo:
    """A demo in a process group of its own, so that Ctrl-C reaches all of it as on a terminal."""

    def __init__(self, data, *arguments):
        self.port = free_port()
        words = [*COMMAND, "--port", str(self.port), *arguments]
        environment = {**os.environ, "MULTIAGENCY_DATA": str(data)}
        self.process = subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, start_new_session=True
        )
        self.printed = ""

    def __enter__(self):
        for line in self.process.stdout:
            self.printed += line
            if "Ctrl-C stops" in line:
                return self
        raise AssertionError(self.printed)

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.interrupt()

    @property
    def password(self):
        return re.search(r"password\s+(\S+)", self.printed)[1]

    def sign_in(self, login="officer"):
        url = f"http://127.0.0.1:{self.port}/api/v1/session"
        return httpx.post(url, json={"login": login, "password": self.password}, timeout=10)

    def interrupt(self):
        os.killpg(self.process.pid, signal.SIGINT)
        self.printed += self.process.communicate(timeout=40)[0]
        return self.process.returncode


def test_it_starts_says_where_it_is_keeps_its_data_and_leaves_nothing_when_it_is_killed(data):
    with Demo(data) as demo:
        assert f"http://127.0.0.1:{demo.port}" in demo.printed
        assert all(re.search(rf"^\s+{account.login}\s", demo.printed, re.M) for account in ACCOUNTS)
        first = demo.sign_in()
        assert first.status_code == 201
        cookie = first.headers["set-cookie"].split(";")[0]
        headers = {"cookie": cookie, "x-csrf-token": first.json()["csrf_token"]}
        api = f"http://127.0.0.1:{demo.port}/api/v1"
        team = httpx.get(f"{api}/teams", headers=headers).json()[0]["id"]
        reference = httpx.post(f"{api}/cases", json={"team": team}, headers=headers).json()["reference"]
        mailbox = re.search(r"Mailbox:\s+(\S+)", demo.printed)[1]
        assert httpx.get(mailbox).status_code == 200
        assert demo.interrupt() == 0
        assert "Traceback" not in demo.printed
    assert not (data / "postgresql" / "data" / "postmaster.pid").exists()
    time.sleep(0.1)
    with Demo(data) as again:
        assert again.password == demo.password
        assert again.sign_in().status_code == 201
        found = httpx.get(f"http://127.0.0.1:{again.port}/api/v1/cases", headers={"cookie": cookie}).json()
        assert [case["reference"] for case in found] == [reference]
        assert again.interrupt() == 0
    with Demo(data, "--fresh") as fresh:
        assert fresh.password != demo.password
        headers = {"cookie": fresh.sign_in().headers["set-cookie"].split(";")[0]}
        assert httpx.get(f"http://127.0.0.1:{fresh.port}/api/v1/cases", headers=headers).json() == []
        another = run_beside(data, free_port())
        assert another.returncode == 1
        assert f"process {fresh.process.pid}, http://127.0.0.1:{fresh.port}" in another.stdout
        everybody = family(data, fresh.process.pid)
        assert len(everybody) >= 6, "demo, watchman, web, worker, witness, database"
        fresh.process.kill()
        fresh.process.communicate()
        wait_until_gone(everybody)


def run_beside(data, port):
    words, environment = [*COMMAND, "--port", str(port)], {**os.environ, "MULTIAGENCY_DATA": str(data)}
    return subprocess.run(words, capture_output=True, text=True, env=environment, check=False)


def alive(pid):
    return Path(f"/proc/{pid}").exists() and " Z " not in Path(f"/proc/{pid}/stat").read_text()


def wait_until_gone(pids):
    for _ in range(600):
        if not any(map(alive, pids)):
            return
        time.sleep(0.1)
    raise AssertionError([Path(f"/proc/{pid}/cmdline").read_text() for pid in pids if alive(pid)])


def family(data, root):
    """What a demo consists of: all below its process, and the server of its database, which is nobody's child."""
    found, parents = {root}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found | {int((data / "postgresql" / "data" / "postmaster.pid").read_text().split()[0])}


def test_a_taken_port_is_said(data, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        done = run_beside(tmp_path / "data", somebody.getsockname()[1])
    assert (done.returncode, "taken" in done.stdout) == (1, True)


def test_data_of_another_version_is_said_and_kept(data):
    server = EmbeddedPostgres(data / "postgresql")
    server.start()
    try:
        asyncio.run(create_roles(server, generated_passwords(data / "secrets" / "passwords.json")))
        asyncio.run(create_database(server, DATABASE))
        asyncio.run(put_at_revision(server, "0015"))
    finally:
        server.stop()
    environment = {**os.environ, "MULTIAGENCY_DATA": str(data)}
    words = [*COMMAND, "--port", str(free_port())]
    done = subprocess.run(words, capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.count("\n") == 1
    assert "`make demo ARGS=--fresh` starts anew" in done.stdout
    assert not (data / "postgresql" / "data" / "postmaster.pid").exists()
    assert (data / "postgresql" / "data" / "PG_VERSION").exists()


async def put_at_revision(server, revision):
    superuser = await connect(server, DATABASE)
    try:
        await superuser.execute(
            f"CREATE TABLE alembic_version AS SELECT '{revision}'::varchar(32) AS version_num;"
            "ALTER TABLE alembic_version OWNER TO multiagency_owner"
        )
    finally:
        await superuser.close()


def test_the_walkthrough():
    """The main job over HTTP as seven people; stdout holds one document and nothing else."""
    done = subprocess.run([*COMMAND, "--walkthrough", "--json"], capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert list(report) == [
        "ok",
        "steps",
        "invitations",
        "cancellations",
        "audit",
        "refused_after_withdrawal",
        "models",
        "seconds",
    ]
    assert {code: model["ok"] for code, model in report["models"].items()} == dict.fromkeys(MODELS, True)
    assert [report["models"][code]["stages"][-1] for code in MODELS[1:]] == ["ended", "ended"]
    assert report["ok"] is True
    assert [step["name"] for step in report["steps"]] == [
        "refer",
        "convene",
        "take part",
        "agree and act",
        "withdraw",
        "audit",
    ]
    assert all(set(step) == {"name", "ok", "detail"} and step["ok"] for step in report["steps"])
    assert (report["invitations"], report["cancellations"]) == (3, 1)
    assert report["refused_after_withdrawal"] == 8
    assert report["audit"]["verified"] is True
    assert report["audit"]["entries"] == report["audit"]["tree_size"] > 100
    assert len(report["audit"]["root"]) == 64
    assert [line.split()[0] for line in done.stderr.splitlines() if line.startswith(("ok", "FAIL"))] == ["ok"] * 6
    assert not re.search(r"/invitations/[\w-]{20,}", done.stderr)


def test_a_walkthrough_that_fails_says_so(capsys):
    from multiagency.demo.walking import walk

    class Nothing:
        base_url = "http://127.0.0.1:9"
        passwords = {"demo_account": "x"}  # noqa: RUF012
        verifier_key = ""

        class sink:  # noqa: N801
            @staticmethod
            def messages():
                return []

    assert walk(Nothing(), as_json=True) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is False
    assert [step["ok"] for step in report["steps"]] == [False]
    assert (report["invitations"], report["audit"]["verified"]) == (0, False)
