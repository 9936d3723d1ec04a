"""Where each value of a TOML document stands: `tomllib` says what a file holds, and this on which line."""

import re
from collections import Counter

Path = tuple[str | int, ...]
"""How a value is reached: keys of tables, places in arrays from nought."""
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""+|\'\'\'.*?\'\'\'+|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'', re.DOTALL
)  # TOML 1.0, "String"; up to two quotes more may end one of several lines
_PLAIN = re.compile(r"[^,\]}#\n]+")


def lines_of(text: str) -> dict[Path, int]:
    """Return the line, from 1, of every table, array and value of a document that `tomllib` takes."""
    return _Reader(text).read()


def line_of(lines: dict[Path, int], path: Path) -> int:
    """Return the line of what is reached so, or of the nearest thing around it; the first for what has none."""
    return next((lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in lines), 1)


class _Reader:
    """Walks once through a document that is known to be right."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.found = text, 0, dict[Path, int]()
        self.tables: Counter[Path] = Counter()

    def read(self) -> dict[Path, int]:
        table: Path = ()
        self.skip()
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)
            self.skip()
        return self.found

    def skip(self) -> None:
        blank = _BLANK.match(self.text, self.at)
        self.at = blank.end() if blank else self.at

    def note(self, path: Path) -> None:
        line = self.text.count("\n", 0, self.at) + 1
        for end in range(1, len(path) + 1):
            self.found.setdefault(path[:end], line)

    def header(self) -> Path:
        several = self.text.startswith("[[", self.at)
        begin, self.at = self.at, self.at + (2 if several else 1)
        path = self.reached(self.key())
        if several:
            self.tables[path] += 1
            path = (*path, self.tables[path] - 1)
        after, self.at = self.at + (2 if several else 1), begin
        self.note(path)
        self.at = after
        return path

    def reached(self, key: Path) -> Path:
        """Return the path of a header: a table of an array is the last of its array so far."""
        path: Path = ()
        for place, part in enumerate(key, 1):
            path = (*path, part)
            if place < len(key) and path in self.tables:
                path = (*path, self.tables[path] - 1)
        return path

    def key(self) -> Path:
        parts: list[str | int] = []
        while True:
            self.skip()
            quoted = self.text[self.at] in "\"'"
            found = (_STRING if quoted else _BARE).match(self.text, self.at)
            if found is None:
                return tuple(parts)
            parts.append(found[0][1:-1] if quoted else found[0])
            self.at = found.end()
            self.skip()
            if self.text[self.at] != ".":
                return tuple(parts)
            self.at += 1

    def pair(self, table: Path) -> None:
        begin, path = self.at, (*table, *self.key())
        after, self.at = self.at + 1, begin  # "="
        self.note(path)
        self.at = after
        self.skip()
        self.value(path)

    def value(self, path: Path) -> None:
        self.note(path)
        char = self.text[self.at]
        if char == "[":
            self.inside(path, "]")
        elif char == "{":
            self.inside(path, "}")
        else:
            found = (_STRING if char in "\"'" else _PLAIN).match(self.text, self.at)
            self.at = found.end() if found else self.at + 1

    def inside(self, path: Path, end: str) -> None:
        self.at, place = self.at + 1, 0
        self.skip()
        while self.text[self.at] != end:
            if end == "]":
                self.value((*path, place))
            else:
                self.pair(path)
            place += 1
            self.skip()
            if self.text[self.at] == ",":
                self.at += 1
                self.skip()
        self.at += 1
