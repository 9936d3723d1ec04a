"""The stages of a model as a picture: where boxes and lines stand, in pixels; `pathway_parts.html` writes it as SVG."""

from collections.abc import Mapping
from dataclasses import dataclass

from multiagency.pathways.definition import Pathway, Stage

_LETTER, _ROW, _GAP, _LANE, _PORT = 8, 46, 26, 14, 9


@dataclass(frozen=True, slots=True)
class Box:
    """One stage: its upper left corner, its size."""

    stage: Stage
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """The moves into one stage that share a line: its path, its arrow head, and whether they deviate."""

    path: str
    head: str
    deviates: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture of this size."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[DrawnLine, ...]


@dataclass(frozen=True, slots=True)
class _Bus:
    """Moves that end in the same place and run the same way: `starts` and `end` are places in the order of stages."""

    starts: tuple[int, ...]
    end: int
    deviates: bool
    down: bool

    @property
    def length(self) -> int:
        return max(abs(start - self.end) for start in self.starts)


def drawing(model: Pathway, words: Mapping[str, str]) -> Drawing:
    """Draw the stages beneath each other: moves onwards on the right, moves back on the left, what deviates dashed."""
    buses = _buses(model)
    right, left = ([bus for bus in buses if bus.down is down] for down in (True, False))
    ports = [sum(place in (bus.end, *bus.starts) for bus in buses) for place in range(len(model.stages))]
    width = 24 + _LETTER * max(len(words.get(stage.code, stage.code)) for stage in model.stages)
    x, y, boxes = 8 + _LANE * (len(left) + 1), 8, []
    for stage, many in zip(model.stages, ports, strict=True):
        boxes.append(Box(stage, x, y, width, max(_ROW, _PORT * (many + 1))))
        y += boxes[-1].height + _GAP
    taken = [0] * len(boxes)
    lines = [_line(bus, boxes, taken, x + width + _LANE * lane) for lane, bus in enumerate(right, 1)]
    lines += [_line(bus, boxes, taken, x - _LANE * lane) for lane, bus in enumerate(left, 1)]
    return Drawing(x + width + _LANE * (len(right) + 1) + 8, y - _GAP + 8, tuple(boxes), tuple(lines))


def _buses(model: Pathway) -> list[_Bus]:
    """Return the lines, the shortest first: they run nearest to the boxes."""
    place = {stage.code: number for number, stage in enumerate(model.stages)}
    found = []
    for move in model.moves:
        starts, end = [place[start] for start in move.start], place[move.to]
        for down in (True, False):
            if some := tuple(start for start in starts if (start < end) is down):
                found.append(_Bus(some, end, move.deviates, down))
    return sorted(found, key=lambda bus: bus.length)


def _line(bus: _Bus, boxes: list[Box], taken: list[int], lane: int) -> DrawnLine:
    side = 1 if bus.down else -1
    ends = []
    for place in (*bus.starts, bus.end):
        box = boxes[place]
        taken[place] += 1
        ends.append((box.x + (box.width if bus.down else 0), box.y + _PORT * taken[place]))
    x, y = ends.pop()
    path = "".join(f"M{from_x} {from_y}H{lane}V{y}" for from_x, from_y in ends) + f"H{x + side * 6}"
    return DrawnLine(path, f"M{x} {y}l{side * 7} -4v8z", bus.deviates)
