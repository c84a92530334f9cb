"""`earshot words`: what a translator has still to do, handed out as a table and taken back."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from bot.errors import BadContent
from bot.model import ENGLISH, Locale
from bot.wording import CHOICE, CONTENT, Tongue, Wording, placeholders
from bot.wording_file import WordingFile
from cli.group import Start
from cli.words_beside import Beside, beside, stamp_beside

_PLAIN = "text"
_COLUMNS = ("key", "channel", "english", "translation", "state")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one locale stands. ``changed``: the English is another now than what it was made from; ``unstamped``: nobody
    has said what it was made from.
    """

    locale: str
    name: str
    complete: bool
    signed_by: str
    missing: tuple[str, ...]
    changed: tuple[str, ...]
    unstamped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One text for a translator. ``state``: missing, changed, unstamped or empty."""

    key: str
    channel: str
    english: str
    translation: str
    state: str


def keys_of(tongue: Tongue) -> tuple[str, ...]:
    """Every text of a locale, and its answers as ``choice.KEY``."""
    return (*(f"{CHOICE}.{choice}" for choice in tongue.choices), *tongue.texts)


def standing(tongue: Tongue, english: Tongue) -> Standing:
    mine = set(keys_of(tongue))
    common = [key for key in keys_of(english) if key in mine]
    return Standing(
        locale=tongue.locale,
        name=tongue.name,
        complete=tongue.complete,
        signed_by=tongue.signed_by,
        missing=tuple(key for key in keys_of(english) if key not in mine),
        changed=tuple(key for key in common if tongue.translated.get(key, english.stamp(key)) != english.stamp(key)),
        unstamped=tuple(key for key in common if key not in tongue.translated),
    )


def rows(tongue: Tongue, english: Tongue) -> Iterator[Row]:
    """Every text with its English, variant by variant."""
    found = standing(tongue, english)
    states = {key: state for state in ("unstamped", "changed", "missing") for key in getattr(found, state)}
    for key in keys_of(english):
        theirs, mine = _variants(english, key), _variants(tongue, key)
        for channel in dict.fromkeys((*theirs, *mine)):
            text = theirs.get(channel, theirs[_PLAIN])
            yield Row(key, channel, text, mine.get(channel, ""), states.get(key, ""))


def take(path: Path, tongue: Tongue, english: Tongue, given: Sequence[dict[str, str]]) -> tuple[str, ...]:
    """Put the rows of a translator into the file of a locale; those that are empty or as before are passed over.

    Each key taken is stamped with the English it was made from. Raises ``BadContent``, and changes nothing, where a key is
    unknown, the English of the row is no longer ours, or the placeholders differ. Returns the keys taken.
    """
    file, stamps, taken = WordingFile(path), dict(tongue.translated), {}
    known = set(keys_of(english))
    for row in given:
        key, channel, text = row["key"], row["channel"] or _PLAIN, row["translation"].strip()
        if key not in known:
            raise BadContent(f"There is no text “{key}”.")
        theirs = _variants(english, key)
        if not text or text == _variants(tongue, key).get(channel):
            continue
        if row["english"] != theirs.get(channel, theirs[_PLAIN]):
            raise BadContent(f"{key} ({channel}): the English has changed since this table was made.")
        if set(placeholders(text)) != set(placeholders(theirs[_PLAIN])):
            raise BadContent(f"{key} ({channel}) must have the placeholders of the English: {theirs[_PLAIN]}")
        file.set_text(key, channel, text)
        taken[key] = english.stamp(key)
    if taken:
        file.set_stamps(stamps | taken)
        file.write()
    return tuple(taken)


def stamp(path: Path, tongue: Tongue, english: Tongue, keys: Sequence[str]) -> int:
    """Say that these texts (all, where none is named) were compared with the English of today. Returns how many."""
    mine = set(keys_of(tongue))
    if strange := [key for key in keys if key not in mine]:
        raise BadContent(f"{tongue.locale}.toml has no text “{strange[0]}”.")
    chosen = keys or [key for key in keys_of(english) if key in mine]
    file = WordingFile(path)
    file.set_stamps({**tongue.translated, **{key: english.stamp(key) for key in chosen}})
    file.write()
    return len(chosen)


def _variants(tongue: Tongue, key: str) -> dict[str, str]:
    kind, _, choice = key.partition(".")
    if kind == CHOICE:
        return {_PLAIN: tongue.choices[choice]} if choice in tongue.choices else {}
    return dict(tongue.texts.get(key, {}))


@click.command()
@click.argument("keys", nargs=-1)
@click.option("--locale", help="Only this one.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")
@click.option("--write", "write", metavar="LOCALE", help="Note that KEYS (all where none is named) fit the English of today.")
@click.option(
    "--csv", "out", type=click.Path(path_type=Path, dir_okay=False), help="Write a table for a translator; with --locale."
)
@click.option("--take", "taken", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Bring a table back.")
@click.option("--published", is_flag=True, help="With what staff have published over the files; to look at, or with --csv.")
@click.option(
    "--folder", type=click.Path(path_type=Path, exists=True, file_okay=False), default=CONTENT, help="Where the words are."
)
def words(
    keys: tuple[str, ...],
    *,
    locale: str | None,
    as_json: bool,
    write: str | None,
    out: Path | None,
    taken: Path | None,
    published: bool,
    folder: Path,
) -> None:
    """Show what each language lacks, and what changed in English since it was translated."""
    if published and (write or taken):
        raise click.UsageError(
            "What is published is changed on the team's site: /staff/words. Without --published it is the files."
        )
    wording = _published(as_json=as_json or out is not None) if published else Wording.load(folder)
    english = wording.tongues[ENGLISH]
    if write:
        count = stamp(folder / f"{write}.toml", _tongue(wording, write), english, keys)
        count += 0 if keys else stamp_beside(folder.parent, write)
        click.echo(f"{count} texts of {write} stand as made from the English of today.")
    elif out or taken:
        if not locale:
            raise click.UsageError("Say which language: --locale.")
        _exchange(folder, _tongue(wording, locale), english, out=out, taken=taken)
    else:
        others = [tongue for tongue in wording.tongues.values() if tongue.locale != ENGLISH and locale in (None, tongue.locale)]
        for found in (standing(tongue, english) for tongue in others):
            near = beside(folder.parent, found.locale)
            whole = {**asdict(found), "beside": [asdict(one) for one in near]}
            click.echo(json.dumps(whole, ensure_ascii=False) if as_json else _sentence(found, near))


def _published(*, as_json: bool) -> Wording:
    """The words as families are told them. Says which version that is, unless a program reads."""
    start: Start = click.get_current_context().obj
    board = start.earshot.word_desk.board()
    changes = board.version.changes if board.version else ()
    if not as_json:
        many = f"{len(changes)} {'text' if len(changes) == 1 else 'texts'} over the files"
        click.echo(
            f"Version {board.number} is published, with {many}." if board.number else "Nothing is published: the files speak."
        )
        for change in changes:
            left = " (no longer fits: the file speaks)" if any(each.change == change for each in board.left) else ""
            click.echo(f"  {change.locale} {change.key} ({change.channel}): {change.text}{left}")
    return board.now


def _exchange(folder: Path, tongue: Tongue, english: Tongue, *, out: Path | None, taken: Path | None) -> None:
    if out:
        with out.open("w", encoding="utf-8-sig", newline="") as file:  # the mark at the beginning is for Excel
            table = csv.DictWriter(file, _COLUMNS)
            table.writeheader()
            table.writerows(asdict(row) for row in rows(tongue, english))
        click.echo(f"{out} is for the translator: fill the column “translation”, and change no other.")
    if taken:
        with taken.open(encoding="utf-8-sig", newline="") as file:
            table_in = csv.DictReader(file)
            if missing := set(_COLUMNS[:4]) - set(table_in.fieldnames or ()):
                raise BadContent(f"{taken.name} lacks the columns {', '.join(sorted(missing))}.")
            given = list(table_in)
        count = len(take(folder / f"{tongue.locale}.toml", tongue, english, given))
        click.echo(
            f"{count} texts taken into {tongue.locale}.toml. Run make test: it reads them for length and for what we never say."
        )


def _tongue(wording: Wording, locale: str) -> Tongue:
    if locale == ENGLISH or Locale(locale) not in wording.tongues:
        raise click.UsageError(f"There is no {locale}.toml to translate into.")
    return wording.tongues[Locale(locale)]


def _sentence(found: Standing, near: Sequence[Beside]) -> str:
    offered = "complete" if found.complete else "not complete"
    signed = f"signed by {found.signed_by}" if found.signed_by else "signed by nobody"
    if Locale(found.locale).partition("-")[0] == ENGLISH:
        signed = "our own"
    lines = [f"{found.name} ({found.locale}): {offered}, {signed}."]
    for label, listed in (("missing", found.missing), ("changed in English since", found.changed)):
        if listed:
            lines.append(f"  {label}: {', '.join(listed)}")
    if found.unstamped:
        lines.append(f"  never compared since it was made: {len(found.unstamped)} texts (earshot words --write {found.locale})")
    for one in near:
        for label, listed in (("missing", one.missing), ("changed in English since", one.changed)):
            if listed:
                lines.append(f"  {one.folder}, {label}: {', '.join(listed)}")
        if one.unstamped:
            lines.append(
                f"  {one.folder}, never compared since it was made: {len(one.unstamped)} texts"
                f" (earshot words --write {found.locale})"
            )
    return "\n".join(lines)
