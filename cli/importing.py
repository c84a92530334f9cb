"""`earshot import`: past comments of a file join the record, each once, with a report on every row."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import click

from bot.byhand import IMPORTED, KeptAccounts, Receiver, noon
from bot.filing import CONSENTS, PLACE, READ_BY, REFUSALS
from bot.intake import OLD_AFTER
from bot.model import Address, InboundMessage, Locale, Manner
from bot.safety import check
from cli.columns import FIELDS, Account, Columns, UnreadableCell
from cli.comments import Row, Table, as_text, read_table
from cli.group import Start
from cli.sheets import harmless
from nlp.similar import Alike
from storage.accounts import SqlAccounts

LONGEST_KIND = 60
READ_WITHIN = timedelta(days=30)
"""How long the team gives itself for a file, where nobody says otherwise: nobody was promised the usual day."""

HEADINGS = ("row", "outcome", "reference", "remark")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row: ``outcome`` is a key of ``OUTCOMES``."""

    row: int
    outcome: str
    reference: str = ""
    remark: str = ""


OUTCOMES = {
    "kept": "Kept",
    "would be kept": "Would be kept",
    "here already": "Here already, from an earlier import",
    "twice": "Twice in this file, kept once",
    "empty": "Without words",
    "not kept": "Not kept, for the reason in the report",
}
"""The outcomes in the order of the summary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One file on its way in. ``digest`` turns what a row is known by into an id that tells nobody what it says."""

    kind: str
    columns: Columns
    accounts: KeptAccounts
    intake: Receiver
    digest: Callable[[str], str]
    locales: Sequence[Locale]
    today: date
    read_by: date
    is_dry: bool

    def run(self, numbered: Iterator[tuple[int, Row]], counts: Counter[str]) -> Iterator[Outcome]:
        """Row by row, in order; each is committed before its outcome is told."""
        alike, seen = Alike(), dict[str, int]()
        for number, row in numbered:
            outcome = self._row(number, row, alike, seen, counts)
            counts[outcome.outcome] += 1
            yield outcome

    def _row(self, number: int, row: Row, alike: Alike, seen: dict[str, int], counts: Counter[str]) -> Outcome:
        try:
            account = self.columns.account(row, today=self.today, locales=self.locales)
        except UnreadableCell as unreadable:
            danger = self._danger(as_text(row.get(self.columns.by_field["text"])), None, counts)
            return Outcome(number, "not kept", remark=" ".join([str(unreadable), *danger]))
        if not account.text:
            return Outcome(number, "empty")
        external_id = self._id_of(account)
        if external_id in seen:
            return Outcome(number, "twice", remark=f"The same as row {seen[external_id]}.")
        seen[external_id] = number
        remarks = list(account.remarks)
        if (other := alike.look(number, account.text)) is not None:
            counts["alike"] += 1
            remarks.append(f"Nearly the same words as row {other}.")
        remarks += self._danger(account.text, account.on, counts)
        kept = self.accounts.kept(IMPORTED, self.kind, external_id)
        if kept is not None:
            return Outcome(number, "here already", kept.reference or "", " ".join(remarks))
        if self.is_dry:
            return Outcome(number, "would be kept", remark=" ".join(remarks))
        self.intake.receive([self._message(account, external_id)])
        return Outcome(number, "kept", remark=" ".join(remarks))

    def _danger(self, text: str, on: date | None, counts: Counter[str]) -> list[str]:
        if not check(text).level.needs_alert:
            return []
        counts["danger"] += 1
        if on is not None and self.today - on > OLD_AFTER:
            return [f"It tells of danger or harm; nobody is called, for it is older than {OLD_AFTER.days} days. Read it first."]
        return ["It tells of danger or harm: a person must read it now."]

    def _id_of(self, account: Account) -> str:
        """The same row of the same survey has the same id, whenever and in whatever order it is imported."""
        if account.id:
            return self.digest(f"id\n{self.kind}\n{account.id}")
        return self.digest(f"words\n{self.kind}\n{account.on or ''}\n{account.text}")

    def _message(self, account: Account, external_id: str) -> InboundMessage:
        details = {
            PLACE: account.place,
            READ_BY: self.read_by.isoformat(),
            CONSENTS: " ".join(sorted(purpose for purpose, given in account.consents.items() if given)),
            REFUSALS: " ".join(sorted(purpose for purpose, given in account.consents.items() if not given)),
            "id": account.id,
            **account.more,
        }
        return InboundMessage(
            channel=IMPORTED,
            account=self.kind,
            external_id=external_id,
            sender=Address(IMPORTED, external_id),
            text=account.text,
            locale=account.locale,
            speaker=account.speaker,
            sent_at=noon(account.on) if account.on else None,
            details={name: said for name, said in details.items() if said},
            manner=Manner.KEEP,
        )


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", required=True, help="What this file is, such as “Survey 2024”. The same again when you run it again.")
@click.option("--map", "pairs", multiple=True, metavar="COLUMN=FIELD", help=f"What a column holds: {', '.join(FIELDS)}.")
@click.option("--dry-run", is_flag=True, help="Write nothing; say what would happen.")
@click.option(
    "--read-by", type=click.DateTime(["%Y-%m-%d"]), help="The day by which the team will have read it. [default: in 30 days]"
)
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write the report on each row to this CSV file.")
@click.pass_obj
def import_(
    start: Start,
    file: Path,
    kind: str,
    pairs: Sequence[str],
    *,
    dry_run: bool,
    read_by: datetime | None,
    report: Path | None,
) -> None:
    """Take the comments of FILE (CSV, XLSX or JSON lines) into the record, each once.

    What was imported before is not taken again, so a run that was broken off is simply started again. Nobody is written to.
    Words of danger that are older than 90 days stand first in the inbox and call nobody; newer or undated ones raise the alarm.
    """
    kind = " ".join(kind.split())
    if not kind or len(kind) > LONGEST_KIND:
        raise click.ClickException(f"--kind must be 1 to {LONGEST_KIND} characters.")
    if report is not None and report.exists() and report.samefile(file):
        raise click.ClickException(f"{report} is the file to read; name another for the report.")
    table = read_table(file)
    columns = Columns.read(pairs, table)
    for remark in table.remarks:
        click.echo(remark, err=True)
    earshot = start.earshot
    today = earshot.hours.today(earshot.clock.now())
    one = Import(
        kind=kind,
        columns=columns,
        accounts=SqlAccounts(earshot.database),
        intake=earshot.intake,
        digest=lambda said: earshot.sealer.blind_index(Address(IMPORTED, said)).hex()[:32],
        locales=earshot.wording.locales,
        today=today,
        read_by=read_by.date() if read_by else today + READ_WITHIN,
        is_dry=dry_run,
    )
    counts: Counter[str] = Counter()
    _write(_shown(one, table, counts), report)
    click.echo(_summary(counts, columns, is_dry=dry_run), err=True)


def _shown(one: Import, table: Table, counts: Counter[str]) -> Iterator[Outcome]:
    numbered = list(zip(table.numbers, table.rows, strict=True))
    with click.progressbar(numbered, label="Looking" if one.is_dry else "Importing", file=sys.stderr) as rows:
        yield from one.run(iter(rows), counts)


def _write(outcomes: Iterator[Outcome], report: Path | None) -> None:
    """Line by line: what was told of a run that is broken off stays told."""
    with click.open_file(str(report or "-"), "w", encoding="utf-8-sig" if report else None) as out:
        sheet = csv.writer(out, lineterminator="\n")
        sheet.writerow(HEADINGS)
        for told in outcomes:
            sheet.writerow([harmless(cell) for cell in (told.row, told.outcome, told.reference, told.remark)])
            out.flush()


def _summary(counts: Counter[str], columns: Columns, *, is_dry: bool) -> str:
    lines = [f"{words}: {counts[outcome]:,}." for outcome, words in OUTCOMES.items() if counts[outcome]]
    if counts["alike"]:
        lines.append(f"Nearly the same as another row, and kept all the same: {counts['alike']:,}.")
    if counts["danger"]:
        where = "they will stand" if is_dry else "they stand"
        lines.append(f"Telling of danger or harm: {counts['danger']:,}. Read these first; {where} at the top of the inbox.")
    if columns.others:
        lines.append(f"Kept sealed beside the words: {', '.join(f'“{name}”' for name in columns.others)}.")
    if counts["kept"]:
        lines.append("The worker reads them when no living talk waits; run the command again to see their references.")
    return "\n".join(lines)
