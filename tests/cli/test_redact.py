"""`earshot redact`: what an older redactor masked is masked anew, by the worker or at once; and one experience from its words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

import app
from bot.cards import BY_PARENT, ExperienceView
from bot.hiding import Hiding
from bot.inbox import InboxFilter
from bot.records import StaffMember
from cli.group import main
from nlp.name_masking import version
from parts import Earshot
from storage import migrations
from storage.keys import new_key
from storage.tables import inbound_message, passage
from tests.cli.test_erase import ANNA, write

STORY = "My son Kacper Nowak waits for the school taxi every day and Kacper is so tired of it"
MASKED = "My son [name of a child removed] waits for the school taxi every day and [name of a child removed] is so tired of it"
Run = Callable[..., Result]


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Earshot]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'store.db'}")
    monkeypatch.setenv("EARSHOT_DATA_KEYS", new_key())
    migrations.upgrade(f"sqlite:///{tmp_path / 'store.db'}")
    earshot = app.build(app.Settings.read())
    yield earshot
    earshot.database.close()


@pytest.fixture
def earshot(empty: Earshot) -> Earshot:
    """A store in which a redactor without names has masked what a family wrote."""
    earshot = empty
    write(earshot, ANNA, "SM1", STORY)
    earshot.worker().work_off()
    with earshot.database.writing() as connection:
        connection.execute(update(inbound_message).values(redacted=STORY, redactor=None))
        connection.execute(update(passage).values(text=STORY, starts=0, ends=len(STORY)))
    return earshot


@pytest.fixture
def run(empty: Earshot) -> Run:
    return lambda *words: CliRunner().invoke(main, ["redact", *words])


def view(earshot: Earshot) -> ExperienceView:
    (card,) = earshot.store.inbox(InboxFilter(open_only=False)).cards
    found = earshot.store.experience(card.reference)
    assert found is not None
    return found


def texts(earshot: Earshot) -> set[str]:
    """What staff read of it, in the talk and in its passages."""
    found = view(earshot)
    return {line.text for line in found.talk if line.who == BY_PARENT} | {each.text for each in found.card.passages}


def test_everything_is_masked_at_once_and_the_audit_says_so(run: Run, earshot: Earshot) -> None:
    assert texts(earshot) == {STORY}
    done = run("again")

    assert done.exit_code == 0, done.output
    assert f"1 texts were masked by the redactor {version()}." in done.output
    assert texts(earshot) == {MASKED}
    assert [row["action"] for row in earshot.store.export_rows("audit")] == ["redact_again"]
    assert "0 texts" in run("again").output


def test_a_worker_does_it_by_itself_and_says_nothing_to_the_family(earshot: Earshot) -> None:
    before = len(view(earshot).talk)
    earshot.worker().work_off()

    assert texts(earshot) == {MASKED}
    assert len(view(earshot).talk) == before
    assert view(earshot).alerts == ()


def test_what_staff_hid_by_mistake_comes_back_and_what_the_redactor_hides_does_not(run: Run, earshot: Earshot) -> None:
    earshot.worker().work_off()
    member = StaffMember(id=uuid4(), name="Nora Example", username="nora", role="reviewer", password_hash="x")
    with earshot.store.transaction() as tx:
        tx.add_staff(member, earshot.clock.now())
    hiding = Hiding(work=earshot.store, clock=earshot.clock, new_id=uuid4)
    hiding.hide(view(earshot), member, "taxi")
    assert texts(earshot) == {MASKED.replace("taxi", "[name removed]")}

    done = run("afresh", view(earshot).card.reference.lower(), "--yes")
    assert done.exit_code == 0, done.output
    assert "1 messages are heard again when the worker runs." in done.output
    earshot.worker().work_off()
    assert texts(earshot) == {MASKED}
    assert "redact_afresh" in [row["action"] for row in earshot.store.export_rows("audit")]


@pytest.mark.parametrize("reference", ["RIVER 999", "nonsense"])
def test_what_is_no_experience_is_a_sentence(run: Run, reference: str) -> None:
    done = run("afresh", reference, "--yes")

    assert done.exit_code == 1
    assert "There is no such experience." in done.output
