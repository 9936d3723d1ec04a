"""A model that nobody knows, as `multiagency pathways new` begins it and somebody fills it in."""

from pathlib import Path

from multiagency.pathways.definition import HERE

CODE = "puuha"
_SKELETON = HERE / "skeleton"
_WORDS = {"name": "Leikki", CODE: "Yhdessä"}


def filled(text: str) -> str:
    """Return a file of the skeleton with every blank filled in."""
    lines = text.replace("CODE", CODE).replace("TODAY", "2026-01-01").splitlines(keepends=True)
    return "".join(
        line.replace("___", _WORDS.get(line.split(" ")[0], "Sana")) if " = " in line else line for line in lines
    )


TEXT = filled((_SKELETON / "1.toml").read_text("utf-8"))


def begun(directory: Path, text: str = TEXT) -> Path:
    """Write the model with this definition; return the file."""
    for source in _SKELETON.rglob("*.toml"):
        place = directory / CODE / source.relative_to(_SKELETON)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(filled(source.read_text("utf-8")), "utf-8")
    file = directory / CODE / "1.toml"
    file.write_text(text, "utf-8")
    return file
