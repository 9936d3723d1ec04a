"""Instruments as content packs: one TOML file per version, read and checked as a whole; nothing of the database.

What may stand in a pack says `docs/instruments.md`.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StringConstraints, ValidationError

from multiagency.kernel.toml_lines import line_of, lines_of
from multiagency.risk.pack_rules import Fault, faults_in

SHIPPED = Path(__file__).parent / "packs"
UNKNOWN, UNANSWERED, YES, NO = "unknown", "unanswered", "yes", "no"
"""What may be said to every item, whatever its scale; and the two answers that are counted by themselves."""

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Ground = Literal["score", "judgement", "client", "escalation", "repeat"]
Words = dict[str, str]
"""A text by language."""
Answered = int | str


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Choice(_Part):
    """Something to be chosen: a source, what is feared and for whom, an answer about safety; a heading."""

    code: Code
    text: Words


class ScaleAnswer(_Part):
    """An answer of a scale and the points that it counts; at a `sign` alerts are given and further questions open."""

    value: StrictInt | Code
    text: Words
    points: StrictInt = 0
    sign: StrictBool = False


class Scale(_Part):
    """What may be answered, in this order; "not known" always may, in the words of `unknown`."""

    answers: Annotated[tuple[ScaleAnswer, ...], Field(min_length=2)]
    unknown: Words

    @property
    def values(self) -> tuple[Answered, ...]:
        """The values of the answers."""
        return tuple(answer.value for answer in self.answers)


class FurtherQuestion(_Part):
    """A question that a sign opens; its answers are kept and never counted."""

    code: Code
    scale: Code
    text: Words
    opens: tuple[Code, ...] = ()


class Grid(_Part):
    """What is feared, for whom: every pair may be ticked (fact F10)."""

    what: Annotated[tuple[Choice, ...], Field(min_length=1)]
    whom: Annotated[tuple[Choice, ...], Field(min_length=1)]


class Item(FurtherQuestion):
    """One item, in its group. One with an `alert` is critical: at a sign it says what to do now; `short` names that."""

    number: StrictInt
    group: Code
    alert: Words | None = None
    short: Words | None = None
    help: Words | None = None
    asks_comment: StrictBool = False
    grid: Grid | None = None

    @property
    def critical(self) -> bool:
        """Whether a sign here is said to be especially serious."""
        return self.alert is not None


class Alert(_Part):
    """A pattern that is told whatever the count: signs at `all` of these items, and at `any` of those if it has any."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
    text: Words
    all: tuple[Code, ...] = ()
    any: tuple[Code, ...] = ()


class SafetyQuestion(_Part):
    """What is answered before the items are gone through; `tells` is the answer at which `alert` is said."""

    code: Code
    text: Words
    answers: Annotated[tuple[Choice, ...], Field(min_length=2)]
    tells: Code
    alert: Words


class Pack(_Part):
    """An instrument in one version. `grounds` says what may refer a case; one without any is a measure, told as it is.

    `parameters` are the defaults of its numbers: a dated parameter of a team comes before them.
    """

    id: Code
    version: Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,5}$")]
    languages: Annotated[tuple[str, ...], Field(min_length=1)]
    title: Words
    note: Words | None = None
    grounds: tuple[Ground, ...] = ()
    parameters: dict[str, Annotated[StrictInt, Field(ge=0)]] = Field(default_factory=dict)
    renewed_by: tuple[Code, ...] = ()
    sources: tuple[Choice, ...] = ()
    scales: dict[Code, Scale]
    groups: Annotated[tuple[Choice, ...], Field(min_length=1)]
    items: Annotated[tuple[Item, ...], Field(min_length=1)]
    questions: tuple[FurtherQuestion, ...] = ()
    alerts: tuple[Alert, ...] = ()
    safety: tuple[SafetyQuestion, ...] = ()

    @property
    def key(self) -> str:
        """Under which its texts stand in the catalogues."""
        return f"pack.{self.id}.{self.version}"

    @property
    def measures(self) -> bool:
        """Whether it only measures: no ground comes of it, and it is filled in again and again."""
        return not self.grounds

    def scale_of(self, question: FurtherQuestion) -> Scale:
        """Return what may be answered to an item or question."""
        return self.scales[question.scale]

    def is_sign(self, question: FurtherQuestion, value: object) -> bool:
        """Tell whether this answer is a sign."""
        return any(answer.sign and answer.value == value for answer in self.scale_of(question).answers)

    def opened(self, answers: Mapping[str, object]) -> tuple[FurtherQuestion, ...]:
        """Return the further questions that the signs among these answers open, in the order of the pack."""
        known = {question.code: question for question in self.questions}
        opened, waiting = set[str](), list[FurtherQuestion](self.items)
        while waiting:
            one = waiting.pop()
            if self.is_sign(one, answers.get(one.code)):
                opened |= set(one.opens)
                waiting += [known[code] for code in one.opens]
        return tuple(question for question in self.questions if question.code in opened)


class PackRefused(ValueError):
    """A pack that is not taken; its text is every fault with file and line, a line each."""

    def __init__(self, name: str, faults: list[Fault]) -> None:
        self.sentences = [f"{name}:{fault.line}: {fault.says}" for fault in sorted(set(faults))]
        super().__init__("\n".join(self.sentences))


def read_pack(path: Path) -> Pack:
    """Return the pack of a file. Raises `PackRefused` with every fault, OSError for a file that cannot be read."""
    name = str(path)
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        raw = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise PackRefused(name, [Fault(1, f"is not text in UTF-8 ({error.reason})")]) from error
    except tomllib.TOMLDecodeError as error:
        says = str(error)
        place = says.rpartition("(at line ")[2].partition(",")[0]
        line = int(place) if place.isdigit() else text.rstrip().count("\n") + 1
        raise PackRefused(name, [Fault(line, f"is not TOML: {says}")]) from error
    except RecursionError as error:
        raise PackRefused(name, [Fault(1, "is nested too deeply")]) from error
    lines = lines_of(text)
    faults = [Fault(line_of(lines, path), says) for path, says in faults_in(raw)]
    try:
        found = Pack.model_validate(raw)
    except ValidationError as error:
        for one in error.errors(include_url=False, include_context=False):
            named = ".".join(str(part) for part in one["loc"] if isinstance(part, str))
            faults.append(Fault(line_of(lines, one["loc"]), f"{named}: {one['msg']}"))
        raise PackRefused(name, faults) from error
    if faults:
        raise PackRefused(name, faults)
    return found


def _of_folder(folder: Path) -> Iterator[Pack]:
    for path in sorted(folder.glob("*/*.toml")):
        found = read_pack(path)
        if (found.id, found.version) != (path.parent.name, path.stem):
            says = f"is {found.id} {found.version}: its place is {found.id}/{found.version}.toml"
            raise PackRefused(str(path), [Fault(1, says)])
        yield found


@cache
def packs(folder: Path | None = None) -> Mapping[tuple[str, str], Pack]:
    """Return every pack by id and version, ours and those of the folder; one of the folder comes before ours.

    Raises `PackRefused` for the first that is not taken.
    """
    imported = _of_folder(folder) if folder else ()
    return {(pack.id, pack.version): pack for pack in (*_of_folder(SHIPPED), *imported)}


def instrument(code: str, version: str = "", folder: Path | None = None) -> Pack:
    """Return a pack in this version, by default its newest. Raises ValueError for one that there is not."""
    known = packs(folder)
    versions = [version] if version else [of for one, of in known if one == code]
    found = known.get((code, max(versions, key=int, default="")))
    if found is None:
        raise ValueError(f"there is no instrument {code} {version}".rstrip())
    return found
