"""`earshot tagger train` teaches danger too: from the corpus and closed alerts, taken where it is worse on no slice of danger."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.heard import Risk, RiskKind, RiskLevel
from bot.model import Address, Locale
from bot.taggers import SHIPPED, Hears, TaggerState
from cli.group import Start, main
from nlp.danger_corpus import ANSWERS, FROZEN, LEARN, ORDINARY, DangerRow
from parts import Earshot
from storage import migrations
from storage.keys import new_key
from tests.storage.scene import Scene

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
WHO = ("he", "my son", "our girl", "the boy", "she", "my eldest", "our lad", "the little one", "my twin", "our youngest")
BOLTED = ("we heard {} crying behind the bolt", "behind the bolt {} was crying and calling")
LATE = ("the taxi for {} was late again on monday", "no letter came about the plan for {} this term")


def made(people: tuple[str, ...], *, wrong: bool = False) -> tuple[list[DangerRow], list[DangerRow]]:
    """What tells of danger, and ordinary messages. ``wrong``: each is taken for the other."""
    grave, plain = (LATE, BOLTED) if wrong else (BOLTED, LATE)
    danger = [_row(frame.format(who), RiskLevel.CONCERN, "indirect", who) for frame in grave for who in people]
    return danger, [_row(frame.format(who), RiskLevel.NONE, ORDINARY, f"themes {who}") for frame in plain for who in people]


def _row(text: str, level: RiskLevel, name: str, author: str) -> DangerRow:
    kind = RiskKind.CHILD_NOT_SAFE if level else None
    return DangerRow(text=text, level=level, kind=kind, slices=frozenset({name}), locale=Locale("en"), author=author)


def put(monkeypatch: pytest.MonkeyPatch, learn: tuple[list[DangerRow], list[DangerRow]]) -> None:
    """These to learn from, and the right ones put aside."""
    frozen = made(("grandad", "the teen", "our baby")) if learn[0] else ([], [])
    for module in ("nlp.danger_corpus", "nlp.danger_training"):
        for place, name in enumerate(("rows", "ordinary_rows")):
            kept = {FROZEN: frozen[place], LEARN: learn[place], ANSWERS: []}
            monkeypatch.setattr(f"{module}.{name}", lambda part=LEARN, *, kept=kept, **_: kept[part])


@pytest.fixture(autouse=True)
def _house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'store.db'}")
    monkeypatch.setenv("EARSHOT_DATA_KEYS", new_key())
    migrations.upgrade(f"sqlite:///{tmp_path / 'store.db'}")
    monkeypatch.setattr("nlp.danger.DangerScorer.load", classmethod(lambda _: None))
    put(monkeypatch, made(WHO))


@pytest.fixture
def earshot() -> Earshot:
    return Start().earshot


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["tagger", *arguments])


def train(*arguments: str) -> Result:
    return run("train", "--only", "danger", "--words", *arguments)


def test_a_new_one_that_hears_more_is_kept_and_is_at_work(earshot: Earshot) -> None:
    said = train()
    (kept,) = earshot.taggers.taggers()

    assert said.exit_code == 0, said.output
    assert "danger heard: indirect" in said.stdout
    assert "It is not worse on any slice of danger (6 of 6, before 0)." in said.stdout
    assert "fold 5 of 5" in said.stderr
    assert (kept.hears, kept.state, kept.rows, kept.decisions) == (Hears.DANGER, TaggerState.CHAMPION, 20, 0)
    assert earshot.taggers.champions() == (SHIPPED, 1)
    assert earshot.listener.hear("we heard grandad crying behind the bolt").risk.by_scorer


def test_a_try_keeps_nothing(earshot: Earshot) -> None:
    said = train("--try")

    assert said.exit_code == 0, said.output
    assert "Nothing was kept." in said.stdout
    assert earshot.taggers.taggers() == ()


def test_a_worse_one_is_refused_with_where_and_the_old_one_goes_on(earshot: Earshot, monkeypatch: pytest.MonkeyPatch) -> None:
    assert train().exit_code == 0
    put(monkeypatch, made(WHO, wrong=True))

    said = train()

    assert said.exit_code == 1, said.output
    assert "It is worse at danger heard, “all”, on the messages put aside" in said.stdout
    assert "refused; the one before goes on." in said.stdout
    assert [json.loads(line)["state"] for line in run("list", "--json").stdout.splitlines()] == ["refused", "champion"]
    assert earshot.taggers.champions() == (SHIPPED, 1)


def test_it_is_listed_and_put_back_like_any(earshot: Earshot) -> None:
    assert train().exit_code == 0

    listed = run("list").stdout
    assert "for danger, from 20 messages and 0 closed alerts" in listed
    assert "0  the one that comes with Earshot: at work." in listed
    assert "0  the one that comes with Earshot for danger: can be put back." in listed
    assert "at work for danger" in run("use", "0", "--danger").stdout
    assert earshot.taggers.champions() == (SHIPPED, SHIPPED)
    assert "is at work for danger" in run("use", "1").stdout
    assert earshot.taggers.champions() == (SHIPPED, 1)


def test_it_learns_from_what_safeguarding_decided(earshot: Earshot) -> None:
    scene = Scene(earshot.store)
    ruth = scene.employs("Ruth", role="safeguarding")
    text = "My son says he wants to kill himself."
    for number in range(6):
        sender = Address("tel", f"+44770090010{number}")
        seq = scene.accepts(text, risk=Risk(RiskLevel.CONCERN, (RiskKind.SELF_HARM,)), sender=sender)
        assert seq is not None
        alert_id = scene.alerts(seq, sender=sender)
        scene.takes_turn(reference=f"RIVER 48{number}", reply=None)
        with earshot.store.transaction() as tx:
            tx.close_alert(alert_id, ruth.id, "family: Safe now.", NOW)

    said = train()
    (kept,) = earshot.taggers.taggers()

    aside = sum(one.is_held_out for one in earshot.taggers.decided_alerts())
    assert said.exit_code == 0, said.output
    assert f"Alerts that people have closed: {6 - aside} to learn from, {aside} put aside." in said.stderr
    assert (kept.rows, kept.decisions) == (20, 6 - aside)


def test_where_the_messages_of_danger_are_not_there_it_says_so(earshot: Earshot, monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, ([], []))

    said = train()

    assert said.exit_code == 1
    assert "are not in nlp/data/danger, so it cannot be taught." in said.output
    assert earshot.taggers.taggers() == ()
