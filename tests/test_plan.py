"""The plan of the house: rooms, floors, names, and no way around in a circle."""

import ast
import shutil
import sys
import tomllib
from collections import Counter
from pathlib import Path

import grimp
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))
import plan

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "multiagency"


def test_no_file_stands_outside_the_naming_scheme():
    assert plan.faults_of(PACKAGE) == []


@pytest.mark.parametrize(
    "path",
    [
        "cases/guardian_pages.py",
        "cases/pages_around.py",
        "cases/around.py",
        "cases/alarm_routes.py",
        "cases/holders.py",
        "cases/notes.md",
        "kernel/case_models.py",
        "attic/pages.py",
        "stray.py",
        "mail/tokens.py",
    ],
)
def test_a_name_outside_it_is_said(tmp_path, path):
    house = tmp_path / "house"
    shutil.copytree(PACKAGE, house, ignore=shutil.ignore_patterns("__pycache__", "*.html"))
    (house / path).parent.mkdir(exist_ok=True)
    (house / path).touch()
    assert plan.faults_of(house)


def test_the_import_contract_lists_every_room_in_the_order_of_the_plan():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = [layer.replace("multiagency.", "").strip("()") for layer in contracts[0]["layers"]]
    assert layers == [*reversed(plan.FLOORS)]


def circles(imports):
    """The groups of modules of which each imports, perhaps by way of others, every other (Tarjan, 1972)."""
    order, low, path, found = {}, {}, [], []

    def visit(module):
        order[module] = low[module] = len(order)
        path.append(module)
        for imported in imports[module]:
            if imported not in order:
                visit(imported)
            if imported in path:
                low[module] = min(low[module], low[imported])
        if low[module] == order[module]:
            group = [path.pop()]
            while group[-1] != module:
                group.append(path.pop())
            if len(group) > 1:
                found.append(sorted(group))

    for module in imports:
        if module not in order:
            visit(module)
    return found


def test_no_modules_import_each_other_in_a_circle():
    """Imports for types alone count as well: a circle of names is one, too."""
    graph = grimp.build_graph("multiagency", cache_dir=None)
    imports = {module: sorted(graph.find_modules_directly_imported_by(module)) for module in sorted(graph.modules)}
    assert len(imports) > 250
    assert circles(imports) == []
    assert circles({"a": ["b"], "b": ["c"], "c": ["b", "a"], "d": ["a"]}) == [["a", "b", "c"]]


def test_no_two_public_classes_have_one_name():
    names = Counter(
        node.name
        for path in PACKAGE.rglob("*.py")
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert [name for name, times in names.items() if times > 1] == []
