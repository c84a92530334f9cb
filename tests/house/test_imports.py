"""What import-linter cannot see: the centre uses the standard library only, and the web process stays small."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CENTRE = sorted((ROOT / "bot").rglob("*.py"))
EVERYTHING = [
    path
    for folder in ("bot", "channels", "nlp", "storage", "staff", "demo", "cli")
    for path in sorted((ROOT / folder).rglob("*.py"))
]

NEVER_TO_TAG = {"sklearn", "scipy", "joblib", "onnx", "torch"}
NEVER_IN_THE_WEB = NEVER_TO_TAG | {"spacy", "thinc", "lingua", "onnxruntime", "tokenizers"}


@cache
def _imported(path: Path) -> frozenset[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.split(".")[0])
    return frozenset(names)


def _named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_centre_imports_the_standard_library_and_itself_only() -> None:
    foreign = {_named(path): _imported(path) - sys.stdlib_module_names - {"bot", "__future__"} for path in CENTRE}

    assert len(foreign) > 100
    assert {path: names for path, names in foreign.items() if names} == {}


def test_only_the_entrances_import_the_wiring() -> None:
    below = [path for path in EVERYTHING if path.parts[len(ROOT.parts)] not in {"cli", "demo"}]
    wiring = {path.stem for path in ROOT.glob("*.py")}

    assert len(below) > 300
    assert {"app", "doors", "parts", "settings"} <= wiring
    assert [_named(path) for path in below if _imported(path) & wiring] == []


def test_all_of_the_wiring_is_packed_and_typed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wiring = {path.stem for path in ROOT.glob("*.py")}

    packed = project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
    assert wiring == {name.removesuffix(".py") for name in packed if name.endswith(".py")}
    assert wiring - set(project["tool"]["mypy"]["packages"]) == set()


def test_nothing_below_app_reads_the_environment() -> None:
    read = [_named(path) for path in EVERYTHING if re.search(r"os\.environ|getenv", path.read_text("utf-8"))]

    assert read == []


def test_the_web_process_loads_nothing_that_reads_or_learns_language(tmp_path: Path) -> None:
    program = (
        "import sys, app\n"
        "from storage import migrations\n"
        "from storage.database import Database\n"
        f"url = 'sqlite:///{tmp_path}/web.db'\n"
        "migrations.upgrade(Database.open(url))\n"
        "app.create_app(app.Settings.read(database_url=url))\n"
        "import web\n"
        "assert 'Kacper' not in web._as_others_see_it('my son Kacper')[0]\n"
        f"print(sorted({{name.split('.')[0] for name in sys.modules}} & {NEVER_IN_THE_WEB}))\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path, check=False)

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("sentences", [False, True], ids=["words alone", "with sentences where there is a model"])
def test_hearing_a_message_loads_nothing_that_only_learns(tmp_path: Path, *, sentences: bool) -> None:
    program = (
        "import sys\n"
        "from nlp.listener import SpacyListener\n"
        f"heard = SpacyListener.learned(sentences={sentences}).hear('The taxi to school was late again')\n"
        "assert [theme.theme for theme in heard.themes] == ['transport'], heard\n"
        f"print(sorted({{name.split('.')[0] for name in sys.modules}} & {NEVER_TO_TAG}))\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path, check=False)

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
