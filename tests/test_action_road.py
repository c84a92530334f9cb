"""You said, we did: from what families told to the word each of them gets, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from bot.actions import Action, Draft, State, Unready, Words
from bot.alert_records import NewAlert
from bot.conversation import Purpose
from bot.heard import Risk, RiskLevel
from bot.model import ENGLISH, Address
from bot.nudges import NUDGE
from bot.telling_plan import Asked, NotTold
from bot.telling_records import Fate
from bot.wall import NotYours
from storage.database import Database
from storage.tables import action_link, action_told, experience, outbound_message
from tests.journeys.stage import NORA, PUBLISHER, StoreStage

MONDAY = datetime(2026, 11, 23, 10, 42, tzinfo=UTC)
LONG = "The taxi came late again and nobody rang us about it"
ID = UUID(int=99)
WORDS = Words(title="A text when the taxi is late", said="Nobody tells us.", did="Each family gets a text the day before.")
DONE = Draft(words=WORDS, state=State.DONE)


class Street(StoreStage):
    """A stage on which several people stand, and one action that came of what they told."""

    scheme = "tel"

    def as_person(self, number: int) -> None:
        path = f"+4477009002{number:02}" if self.scheme == "tel" else f"4477009002{number:02}"
        self.person = Address(self.scheme, path)

    @property
    def address(self) -> Address:
        return self.person

    def hears(self, *texts: str) -> list[str]:
        return self.says(list(texts), sends="", hears={})

    def tells(self, number: int, *, agrees: bool | None = True) -> UUID:
        """Somebody tells, and says whether they want to hear; the experience is linked to the action."""
        self.as_person(number)
        self.hears(LONG)
        with self.database.reading() as connection:
            newest = select(experience.c.id, experience.c.contact_id).order_by(experience.c.opened_at.desc()).limit(1)
            row = connection.execute(newest).one()
        if agrees is not None:
            self.wishes(row.contact_id, row.id, agrees=agrees)
        self.actions.actions.records.link(ID, [row.id], NORA.id, self.clock.at)
        self.wait(timedelta(minutes=5))
        found: UUID = row.id
        return found

    def wishes(self, contact_id: UUID, experience_id: UUID, *, agrees: bool) -> None:
        with self.store.transaction() as tx:
            tx.add_consent(
                contact_id=contact_id,
                experience_id=experience_id,
                purpose=Purpose.TELL_WHAT_CHANGED,
                given=agrees,
                wording="en@1",
                inbound_seq=None,
                now=self.clock.at,
            )

    @property
    def action(self) -> Action:
        return self.actions.actions.find(ID, with_safeguarding=False)

    def publishes(self) -> Unready | None:
        return self.actions.actions.publish(self.action, uuid4(), PUBLISHER)

    def presses(self) -> int:
        started = self.actions.telling.start(self.action, PUBLISHER)
        self.wait(timedelta(seconds=11))
        return started

    def sweeps(self) -> list[str]:
        before = len(self.channel.sent)
        while self.actions.telling.sweep():
            pass
        self._deliver()
        return [outgoing.text for outgoing in self.channel.sent[before:]]

    def fates(self) -> dict[Fate, int]:
        return dict(self.actions.telling.records.progress(ID).fates)

    def count(self, table: Any) -> int:
        with self.database.reading() as connection:
            return connection.execute(select(func.count()).select_from(table)).scalar_one()


@pytest.fixture
def street(database: Database) -> Street:
    return begun(Street("sms", database=database, start=MONDAY))


def begun(street: Street) -> Street:
    street.actions.actions.make(ID, DONE, NORA)
    return street


def raise_alert(street: Street) -> None:
    with street.store.transaction() as tx:
        contact = tx.hold_contact(street.address, (), locale=ENGLISH, now=street.clock.at)
        with street.database.reading() as connection:
            newest = select(experience.c.id).where(experience.c.contact_id == contact.id)
            found = connection.execute(newest).scalars().all()
        risk = Risk(RiskLevel.CONCERN)
        tx.add_alert(NewAlert(id=UUID(int=8), contact_id=contact.id, inbound_seq=1, risk=risk, raised_at=street.clock.at))
        tx.link_alerts([1], found[0])


# --- what families read -------------------------------------------------------------------------------------------------


def test_families_read_what_was_published_and_not_what_is_changed_since(street: Street) -> None:
    assert street.actions.actions.records.published() == ()
    street.publishes()
    later = Draft(words=Words(title="Another title", said="x", did="y"), state=State.DOING)
    street.actions.actions.change(ID, later, NORA)

    (public,) = street.actions.actions.records.published()
    assert (public.words, public.state) == (WORDS, State.DONE)
    assert street.action.is_newer
    assert [change.what for change in street.actions.actions.records.history(ID)] == ["changed", "published", "made"]
    assert street.actions.actions.records.history(ID)[0].before["title"] == WORDS.title


def test_it_is_taken_back_at_any_time_and_only_by_a_publisher(street: Street) -> None:
    street.publishes()
    with pytest.raises(NotYours):
        street.actions.actions.take_back(street.action, NORA)
    assert street.actions.actions.take_back(street.action, PUBLISHER)

    assert street.actions.actions.records.published() == ()
    assert not street.actions.actions.take_back(street.action, PUBLISHER)


@pytest.mark.parametrize(
    ("draft", "why"),
    [
        (Draft(words=Words(title="t", did="d"), state=State.DONE), Unready.NO_SAID),
        (Draft(words=Words(title="t", said="s", because="b"), state=State.DONE), Unready.NO_DID),
        (Draft(words=Words(title="t", said="s", did="d"), state=State.COULD_NOT), Unready.NO_BECAUSE),
    ],
)
def test_what_is_not_whole_is_not_published(street: Street, draft: Draft, why: Unready) -> None:
    street.actions.actions.change(ID, draft, NORA)

    assert street.publishes() is why
    assert street.actions.actions.records.published() == ()


def test_a_number_of_people_is_public_from_five_on(street: Street) -> None:
    for number in range(4):
        street.tells(number, agrees=None)
    street.publishes()
    assert street.actions.actions.records.published()[0].people is None
    before = street.actions.actions.records.preview(ID, fewest=5)
    assert before is not None
    assert before.people is None
    street.tells(5, agrees=None)
    street.publishes()

    assert street.actions.actions.records.published()[0].people == 5


def quote(street: Street, experience_id: UUID) -> bool:
    (card,) = [card for card in street._cards() if card.id == experience_id]
    return street.actions.actions.quote(street.action, card.passages[0].id, PUBLISHER, quoted=True)


def test_words_of_a_family_are_quoted_only_where_it_agreed_and_so_long_as_it_does(street: Street) -> None:
    told = street.tells(1)
    street.publishes()
    assert not quote(street, told), "nobody asked them"
    street.hears("share")
    with street.store.transaction() as tx:
        tx.mark_read(told, NORA.id, street.clock.at)
    assert quote(street, told)
    assert street.actions.actions.records.published()[0].quotes == (LONG,)
    street.hears("private")

    assert street.actions.actions.records.published()[0].quotes == ()


# --- who is told --------------------------------------------------------------------------------------------------------


def test_the_sum_adds_up_and_the_price_is_known_before(street: Street) -> None:
    for number in range(3):
        street.tells(number)
    street.tells(3, agrees=False)
    street.tells(4, agrees=None)
    street.tells(5)
    street.hears("stop")
    plan = street.actions.telling.plan(street.action)

    assert plan.total == 6
    assert (plan.by(Asked.DIRECT), plan.unasked, dict(plan.held)) == (3, 2, {NotTold.STOPPED: 1})
    (reach,) = plan.reach.values()
    assert (reach.people, reach.segments, plan.pence) == (3, reach.segments, Decimal("4.0") * reach.segments)
    assert reach.segments == 3 * 2
    (shown,) = plan.previews
    assert " ".join(shown.parts).startswith("News from the SEND team. You told us about this: A text when the taxi is late.")


def test_each_is_told_once_however_much_they_told(street: Street) -> None:
    street.tells(1)
    street.wait(timedelta(days=9))
    street.tells(1)
    street.publishes()
    assert street.count(action_link) == 2
    assert street.presses() == 1
    (said,) = street.sweeps()

    assert said == (
        "News from the SEND team. You told us about this: A text when the taxi is late. We did: Each family gets a text the day"
        " before. More: https://earshot.example/you-said-we-did Send STOP to hear no more from us."
    )
    assert street.presses() == 0
    assert street.sweeps() == []
    assert street.actions.telling.plan(street.action).told == 1


def test_why_it_could_not_be_done_is_told_in_the_same_way(street: Street) -> None:
    words = Words(title="A club on Saturdays", said="There is none.", because="there is no money this year")
    street.actions.actions.change(ID, Draft(words=words, state=State.COULD_NOT), NORA)
    street.tells(1)
    street.publishes()
    street.presses()

    assert "A club on Saturdays. We could not, because: there is no money this year. More:" in street.sweeps()[0]


def test_nobody_is_told_before_it_is_published_nor_by_a_reviewer(street: Street) -> None:
    street.tells(1)
    assert street.presses() == 0
    street.publishes()

    with pytest.raises(NotYours):
        street.actions.telling.start(street.action, NORA)


def test_for_ten_seconds_all_of_it_can_be_stopped_and_later_the_rest(street: Street) -> None:
    street.tells(1)
    street.publishes()
    assert street.actions.telling.start(street.action, PUBLISHER) == 1
    street.wait(timedelta(seconds=9))
    assert street.sweeps() == []
    assert street.actions.telling.stop(street.action, PUBLISHER) == 1
    street.wait(timedelta(seconds=9))
    assert street.sweeps() == []
    assert street.fates() == {Fate.STOPPED: 1}
    assert street.presses() == 1, "who was stopped can be told after all"

    assert len(street.sweeps()) == 1


def test_it_leaves_by_day(street: Street) -> None:
    street.tells(1)
    street.publishes()
    street.wait(timedelta(hours=11))
    street.presses()
    assert street.sweeps() == []
    street.wait(timedelta(hours=12))

    assert len(street.sweeps()) == 1


def test_who_says_stop_or_no_after_the_press_is_not_told(street: Street) -> None:
    street.tells(1)
    told = street.tells(2)
    street.publishes()
    street.actions.telling.start(street.action, PUBLISHER)
    with street.store.transaction() as tx:
        contact = tx.hold_contact(street.address, (), locale=ENGLISH, now=street.clock.at)
    street.wishes(contact.id, told, agrees=False)
    street.as_person(1)
    street.hears("stop")
    street.wait(timedelta(seconds=20))

    assert street.sweeps() == []
    assert street.fates() == {Fate.HELD_BACK: 1, Fate.STOPPED: 1}


def test_who_is_with_safeguarding_is_neither_told_nor_counted(street: Street) -> None:
    street.tells(1)
    raise_alert(street)
    plan = street.actions.telling.plan(street.action)
    street.publishes()

    assert (plan.total, plan.going, dict(plan.held)) == (0, (), {})
    assert street.actions.actions.records.linked(ID, with_safeguarding=False, limit=9).total == 0
    assert street.actions.actions.records.linked(ID, with_safeguarding=True, limit=9).total == 1
    assert street.action.linked == 0
    assert street.presses() == 0


@pytest.mark.parametrize("was_real", [True, False])
def test_whose_alert_was_real_is_told_by_nobody_but_a_person_even_once_the_team_sees_the_record(
    street: Street,
    was_real: bool,  # noqa: FBT001 - a table of cases
) -> None:
    street.tells(1)
    raise_alert(street)
    with street.store.transaction() as tx:
        tx.close_alert(UUID(int=8), NORA.id, "police: Rang them." if was_real else "not_safeguarding: A game.", street.clock.at)
        tx.clear_alert(UUID(int=8), NORA.id, "They ask for a call.", street.clock.at)
    street.publishes()

    assert street.presses() == (0 if was_real else 1)


def test_an_alert_after_the_press_holds_the_word_back(street: Street) -> None:
    street.tells(1)
    street.publishes()
    street.actions.telling.start(street.action, PUBLISHER)
    raise_alert(street)
    street.wait(timedelta(seconds=20))

    assert street.sweeps() == []


def is_killed_while_settling(street: Street) -> None:
    """The worker dies after a word went into the outbox and before that was committed."""
    whole = street.actions.telling.records.transaction

    @contextmanager
    def dies() -> Iterator[Any]:
        with whole() as tx:
            yield tx
            raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(street.actions.telling.records, "transaction", dies)
        with pytest.raises(KeyboardInterrupt):
            street.actions.telling.sweep()


def test_a_kill_in_the_middle_neither_loses_nor_doubles(street: Street) -> None:
    for number in range(3):
        street.tells(number)
    street.publishes()
    assert street.presses() == 3
    is_killed_while_settling(street)

    assert len(street.sweeps()) == 3
    assert street.sweeps() == []
    assert street.fates() == {Fate.ON_ITS_WAY: 3}


def test_two_who_are_found_to_be_one_are_told_once(street: Street) -> None:
    street.tells(1)
    first = street.address
    street.tells(2)
    street.publishes()
    street.presses()
    with street.store.transaction() as tx:
        contact = tx.hold_contact(first, (), locale=ENGLISH, now=street.clock.at)
        tx.join_contact(contact.id, street.address, street.clock.at)

    assert len(street.sweeps()) == 1
    assert street.fates() == {Fate.ON_ITS_WAY: 1, Fate.HELD_BACK: 1}


def test_delete_takes_who_was_told_and_what_they_told_off_the_action(street: Street) -> None:
    street.tells(1)
    street.publishes()
    street.presses()
    street.sweeps()
    code = street.hears("delete")[0].rpartition("DELETE ")[2].partition(".")[0]
    street.hears(f"delete {code}")

    assert (street.count(action_link), street.count(action_told)) == (0, 0)


def test_who_takes_back_all_they_told_is_not_told(street: Street) -> None:
    street.tells(1)
    street.publishes()
    street.actions.telling.start(street.action, PUBLISHER)
    street.hears("take back")
    street.wait(timedelta(seconds=20))

    assert street.sweeps() == []
    assert street.count(action_link) == 0
    assert street.fates() == {Fate.STOPPED: 1}


def test_status_names_what_came_of_it_and_only_while_it_is_public(street: Street) -> None:
    street.tells(1)
    news = "There is news about what you told us: A text when the taxi is late."
    assert news not in street.hears("status")[0]
    street.publishes()
    assert news in street.hears("status")[0]
    street.actions.actions.take_back(street.action, PUBLISHER)

    assert news not in street.hears("status")[0]


def test_the_export_names_what_hangs_on_it_but_nothing_that_is_with_safeguarding(street: Street) -> None:
    street.tells(1)
    street.tells(2)
    raise_alert(street)
    (row,) = list(street.store.export_rows("actions"))

    assert (row["title"], row["state"], row["told"]) == (WORDS.title, "done", 0)
    assert row["experiences"] == ["RIVER 482"]


def test_what_was_told_of_a_theme_is_linked_at_once_but_for_what_is_with_safeguarding(street: Street) -> None:
    hears = {"about": "transport"}
    for number in range(2):
        street.as_person(number)
        street.says([LONG], sends="", hears=hears)
        street.wait(timedelta(minutes=5))
    found = street.actions.actions.of_theme("transport", MONDAY.date())
    assert len(found) == 2
    raise_alert(street)

    assert len(street.actions.actions.of_theme("transport", MONDAY.date())) == 1
    assert street.actions.actions.link(ID, street._cards(), NORA) == 1


# --- other roads --------------------------------------------------------------------------------------------------------


@pytest.fixture
def whatsapp(database: Database, monkeypatch: pytest.MonkeyPatch) -> Street:
    monkeypatch.setattr(Street, "scheme", "whatsapp")
    return begun(Street("whatsapp", database=database, start=MONDAY))


def test_behind_a_shut_window_nobody_is_told_without_a_template(whatsapp: Street) -> None:
    whatsapp.tells(1)
    assert whatsapp.actions.telling.plan(whatsapp.action).by(Asked.DIRECT) == 1
    assert whatsapp.actions.telling.plan(whatsapp.action).pence == 0, "inside the window an answer is free"
    whatsapp.wait(timedelta(hours=25))

    assert dict(whatsapp.actions.telling.plan(whatsapp.action).held) == {NotTold.WINDOW_SHUT: 1}


def test_on_the_website_it_stands_there_when_they_come_back(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Street, "scheme", "web")
    street = begun(Street("pages", database=database, start=MONDAY))
    street.tells(1)
    street.publishes()
    plan = street.actions.telling.plan(street.action)
    assert (plan.by(Asked.WAITS), plan.pence) == (1, Decimal(0))
    street.presses()
    street.sweeps()

    lines = street.store.chat_lines(street.address, after=0, channels=(street.channel.name,))
    assert lines[-1].text.startswith("News from the SEND team.")
    assert street.fates() == {Fate.WAITS_FOR_THEM: 1}


def test_with_a_template_they_are_asked_to_write_and_told_then_however_late(
    whatsapp: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whatsapp.channel.door, "template_for", lambda key, locale: "HX1" if key == NUDGE else None)
    whatsapp.tells(1)
    whatsapp.publishes()
    whatsapp.wait(timedelta(hours=25))
    plan = whatsapp.actions.telling.plan(whatsapp.action)
    assert (plan.by(Asked.TEMPLATE), plan.pence) == (1, Decimal("4.0"))
    whatsapp.presses()
    assert whatsapp.sweeps() == []
    assert whatsapp.fates() == {Fate.WAITS_FOR_THEM: 1}
    whatsapp.wait(timedelta(days=5))

    assert any(text.startswith("News from the SEND team.") for text in whatsapp.hears("read"))


def test_what_waits_for_them_goes_when_the_action_is_taken_back(whatsapp: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whatsapp.channel.door, "template_for", lambda key, locale: "HX1" if key == NUDGE else None)
    whatsapp.tells(1)
    whatsapp.publishes()
    whatsapp.wait(timedelta(hours=25))
    whatsapp.presses()
    whatsapp.sweeps()
    whatsapp.actions.actions.take_back(whatsapp.action, PUBLISHER)
    whatsapp.wait(timedelta(days=1))

    assert not any(text.startswith("News") for text in whatsapp.hears("hello again, it is about the taxi"))
    with whatsapp.database.reading() as connection:
        state = select(outbound_message.c.state).where(outbound_message.c.dedupe_key.startswith("action:"))
        assert set(connection.execute(state).scalars()) == {"cancelled"}
