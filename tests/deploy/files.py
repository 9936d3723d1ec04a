"""The deployment files, read for the tests beside this one."""

import re
import secrets
import shutil
from pathlib import Path

from multiagency.audit.keyfiles import make_key_files
from multiagency.settings import Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
PROCESSES = ("web", "worker")
COMMANDS = ("keeper",)
"""Run by hand or from a timer: they have settings and keys, and no unit or container that stays up."""
SHARED_KEYS = {"master", "lookup.key", "room.key"}
KEYS = {"web": SHARED_KEYS | {"log.vkey"}, "worker": SHARED_KEYS | {"log.key"}, "keeper": SHARED_KEYS}


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
    (directory / "master").mkdir(parents=True)
    verifier_key = make_key_files(directory, settings_in(example("worker"))["log_origin"])
    for path in list(directory.iterdir()):
        if path.name not in KEYS[process]:
            path.unlink()
    return verifier_key


def filled(process: str, keys: Path, **changes: str) -> Settings:
    text = re.sub("CHANGE-ME", lambda _: secrets.token_hex(24), example(process))
    return Settings.model_validate(settings_in(text) | {"keys_directory": str(keys)} | changes)


def lose(path: Path) -> None:
    """Take a key away: a file, or the directory of master keys."""
    shutil.rmtree(path) if path.is_dir() else path.unlink()
