"""The wheel by itself: with only it and its dependencies on the path it migrates an empty database and serves pages."""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from multiagency.demo.household import environment_of, free_port
from multiagency.embedded.provision import create_database, drop_database, dsn

ROOT = Path(__file__).parents[1]
DATABASE = "from_the_wheel"
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "--no-input"]
OFFLINE = ["--no-index", "--no-deps"]
COMMAND = """
import sys
from pathlib import Path

tree = Path(sys.argv.pop(1))
sys.path[:] = [entry for entry in sys.path if Path(entry) not in (tree, tree / "src")]
import multiagency
from multiagency.cli.main import main

print(multiagency.__file__, flush=True)
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The wheel, built without a network and installed into a directory of its own."""
    wheels, site = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("site")
    building = ["wheel", "--no-build-isolation", "--wheel-dir", str(wheels), str(ROOT)]
    subprocess.run([*PIP, *building, *OFFLINE], check=True)
    subprocess.run([*PIP, "install", "--target", str(site), *map(str, wheels.iterdir()), *OFFLINE], check=True)
    return site


@pytest.fixture
def database(ground):
    asyncio.run(create_database(ground.server, DATABASE))
    yield DATABASE
    asyncio.run(drop_database(ground.server, DATABASE))


def command(site, *words, **settings):
    """Start a command of the wheel's package, in another directory than the tree."""
    environment = {**os.environ, **settings, "PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1"}
    words = [sys.executable, "-c", COMMAND, str(ROOT), *words]
    return subprocess.Popen(words, env=environment, cwd=site, stdout=subprocess.PIPE, text=True)


def carried(directory):
    return {
        str(path.relative_to(directory))
        for path in directory.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_it_carries_every_file_of_the_package_and_its_migrations(installed):
    package = carried(installed / "multiagency")
    assert carried(ROOT / "src" / "multiagency") <= package
    assert {f"alembic/{name}" for name in carried(ROOT / "alembic")} <= package
    assert (installed / "multiagency/embedded/roles.sql").read_text() == (ROOT / "deploy/roles.sql").read_text()


def test_it_migrates_an_empty_database_and_serves_pages(installed, ground, database):
    migrating = command(
        installed, "migrate", MULTIAGENCY_DATABASE_URL_OWNER=dsn(ground.server, "owner", ground.passwords, database)
    )
    said = migrating.communicate(timeout=30)[0]
    assert migrating.returncode == 0
    assert Path(said.strip()).is_relative_to(installed)

    port = free_port()
    serving = command(installed, "web", **environment_of(ground.settings(database, host="127.0.0.1", port=port)))
    try:
        assert Path(serving.stdout.readline().strip()).is_relative_to(installed)
        assert answered(serving, f"http://127.0.0.1:{port}/sign-in") == 200
    finally:
        serving.terminate()
        serving.communicate(timeout=10)


def answered(process, address):
    """Return the status of the first answer, as soon as somebody listens there."""
    deadline = time.monotonic() + 15
    while process.poll() is None and time.monotonic() < deadline:
        try:
            return httpx.get(address).status_code
        except httpx.ConnectError:
            time.sleep(0.05)
    return None
