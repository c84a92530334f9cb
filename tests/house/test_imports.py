"""What import-linter cannot see: the centre uses the standard library only, and the web process stays small."""

from __future__ import annotations

import ast
import subprocess
import sys
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


def _imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("path", CENTRE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_centre_imports_the_standard_library_and_itself_only(path: Path) -> None:
    foreign = _imported(path) - sys.stdlib_module_names - {"bot", "__future__"}

    assert foreign == set()


@pytest.mark.parametrize("path", EVERYTHING, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_only_the_entrances_import_the_wiring(path: Path) -> None:
    entrance = path.parts[len(ROOT.parts)] in {"cli", "demo"}

    assert entrance or not _imported(path) & {"app", "doors", "settings"}


@pytest.mark.parametrize("path", EVERYTHING, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nothing_below_app_reads_the_environment(path: Path) -> None:
    text = path.read_text("utf-8")

    assert "os.environ" not in text
    assert "getenv" not in text


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
