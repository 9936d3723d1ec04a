import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.embedded.clusters import as_root, ask, link, pid

from multiagency.embedded import osuser, pgprograms
from multiagency.embedded.osuser import database_account
from multiagency.embedded.postgres import EmbeddedPostgres


@as_root
def test_a_closed_parent_stays_closed(top: Path) -> None:
    (top / "home").mkdir(mode=0o700)
    with pytest.raises(RuntimeError, match="cannot enter"):
        EmbeddedPostgres(top / "home" / "cluster").start()
    assert stat.S_IMODE((top / "home").stat().st_mode) == 0o700


def test_a_directory_with_something_else_is_left_alone(top: Path) -> None:
    other = top / "other"
    other.mkdir(mode=0o755)
    (other / "letter.txt").write_text("x")
    with pytest.raises(RuntimeError, match="something else"):
        EmbeddedPostgres(other).start()
    assert [p.name for p in other.iterdir()] == ["letter.txt"]
    assert (stat.S_IMODE(other.stat().st_mode), other.stat().st_uid) == (0o755, os.geteuid())


async def test_an_interrupted_first_start_is_made_good(top: Path, make: Callable[[Path], EmbeddedPostgres]) -> None:
    server = make(top / "interrupted")
    half = top / "interrupted" / "data.new"
    (top / "interrupted" / "superuser").mkdir(parents=True, mode=0o700)
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    (top / "interrupted" / "password.once").write_text("left behind")
    server.start()
    assert await ask(server, "select 1") == 1
    assert not half.exists()


async def test_a_throwaway_cluster_below_a_long_and_odd_path(
    top: Path, make: Callable[[Path], EmbeddedPostgres]
) -> None:
    throwaway = make(top / ("pitkä, 'polku' " + "x" * 80))
    with pytest.raises(RuntimeError, match="does not run"):
        _ = throwaway.socket_directory
    throwaway.start()
    place = throwaway.socket_directory
    assert len(os.fsencode(place)) < 90
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    for name in ("fsync", "synchronous_commit"):
        assert await ask(throwaway, f"show {name}") == "off"
    throwaway.stop()
    assert not place.exists()


@as_root
async def test_programs_below_a_closed_home_are_copied(
    top: Path, make: Callable[[Path], EmbeddedPostgres], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = top / "closed-home"
    home.mkdir(mode=0o700)
    original = pgprograms.package_directory()
    for name in (original.name, original.name + ".libs"):
        (home / name).symlink_to(original.with_name(name))
    monkeypatch.setattr(pgprograms, "package_directory", lambda: home / original.name)
    server = make(top / "copied")
    server.start()
    assert await ask(server, "select 1") == 1
    assert Path(link(Path(f"/proc/{pid(server)}/exe"))).is_relative_to(top / "copied")
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


@as_root
def test_without_useradd_the_reason_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(osuser, "_entry", lambda: None)
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(RuntimeError, match="Install useradd"):
        database_account()
