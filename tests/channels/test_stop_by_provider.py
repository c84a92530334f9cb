"""What each provider does about STOP, a block and START, and what we make of it: the real clients against their stand-ins."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from uuid import UUID

import pytest

from bot.byhand import Entry, Kind, message_of
from bot.events import Event
from bot.model import Manner
from bot.outgoing import OutboundState
from channels.manual import by_hand
from channels.telegram_events import events
from channels.twilio import TwilioGate
from demo.provider import PARENT, Provider, refused, sms_form, status_form, whatsapp_form
from storage.database import Database
from tests.channels.graph_stand_in import Graph
from tests.channels.rungs import (
    MONDAY,
    Rung,
    read_mail,
)
from tests.channels.stop_ladder import LATER, STORY, Ladder, at, ladder_of
from tests.channels.telegram_host import update
from tests.channels.twilio_payloads import account, form
from tests.journeys.stage import NORA

# --- what each provider does about it -----------------------------------------------------------------------------------


@at("sms")
def test_21610_on_sending_means_that_they_have_stopped_and_the_networks_start_opens_it(
    ladder: Ladder, provider: Provider
) -> None:
    ladder.hears(STORY)
    provider.hear(PARENT, "STOP")  # whose webhook never reached us
    ladder.hears(LATER)
    ladder.hears("status")
    assert ladder.is_stopped

    ladder.hears("START")
    before = ladder.reached()
    ladder.hears("status")
    assert ladder.reached() == before + 1


@at("sms")
@pytest.mark.parametrize(("code", "stops"), [(21610, True), (30003, False), (30007, False)])
def test_of_the_failures_reported_later_only_21610_is_a_stop(ladder: Ladder, provider: Provider, code: int, stops: bool) -> None:  # noqa: FBT001 - a case of the table
    ladder.hears(STORY)
    gate = TwilioGate(account())
    gone = form(status_form("undelivered", sid=provider.taken[-1].sid, error_code=code))
    ladder.intake.receive(gate.parse(gone))

    assert ladder.is_stopped is stops


@at("sms", "whatsapp")
def test_what_the_provider_has_answered_by_a_keyword_of_its_own_we_do_not_answer(ladder: Ladder) -> None:
    """Advanced Opt-Out: a Messaging Service says which it was, by WhatsApp too, and the word may be any."""
    ladder.hears(STORY)

    assert ladder.takes(keyword(ladder, "Genug", "STOP")) == []
    assert ladder.is_stopped
    assert ladder.takes(keyword(ladder, "Weiter", "START")) == []
    assert not ladder.is_stopped


@at("sms", "whatsapp")
def test_help_is_answered_by_us_too_for_the_providers_text_names_no_999(ladder: Ladder) -> None:
    ladder.hears(STORY)

    assert ladder.takes(keyword(ladder, "Hilfe", "HELP")) == ["help"]
    assert ladder.facts()["kept"] == [STORY]


def keyword(ladder: Ladder, word: str, said_to_be: str) -> Sequence[Event]:
    made = sms_form if ladder.rung.channel == "sms" else whatsapp_form
    return TwilioGate(account()).parse(form(made(word, OptOutType=said_to_be)))


@at("sms")
def test_stop_with_a_word_beside_it_was_answered_by_nobody_so_we_confirm_it(ladder: Ladder) -> None:
    ladder.hears(STORY)

    assert ladder.hears("stop please") == ["stop.done"]
    assert ladder.is_stopped


@at("whatsapp")
def test_63033_is_no_way_to_send_and_is_not_tried_again(ladder: Ladder, provider: Provider) -> None:
    """Whoever blocks us on WhatsApp may still write on our page, and is answered there."""
    ladder.hears(STORY)
    provider.choose_trouble = lambda call: refused(63033) if call.method == "POST" else None
    ladder.hears("status")
    calls = len(provider.calls)
    ladder.later(hours=2)
    ladder.deliver()

    assert len(provider.calls) == calls
    assert ladder.said()[-1][1] == OutboundState.FAILED.value
    assert not ladder.is_stopped


@at("messenger")
def test_a_block_on_messenger_is_no_way_to_send(ladder: Ladder, graph: Graph) -> None:
    ladder.hears(STORY)
    assert ladder.rung.refuses is not None
    ladder.rung.refuses()
    ladder.hears("status")
    calls = len(graph.calls)
    ladder.later(hours=2)
    ladder.deliver()

    assert len(graph.calls) == calls
    assert ladder.said()[-1][1] == OutboundState.FAILED.value


@at("telegram")
def test_a_block_on_telegram_is_a_stop_and_unblocking_is_no_start(ladder: Ladder) -> None:
    ladder.hears(STORY)
    ladder.takes(events(update("blocked"), account="1234567890"))
    stopped_at = ladder.person().opted_out_at
    assert stopped_at is not None

    ladder.later(hours=1)
    ladder.takes(events(update("unblocked"), account="1234567890"))
    assert ladder.hears(LATER) == []
    ladder.takes(events(_later(update("blocked")), account="1234567890"))
    assert ladder.person().opted_out_at == stopped_at, "the first time is the one that counts"
    assert ladder.hears("/start") == ["start.done"]


def _later(content: dict[str, object]) -> dict[str, object]:
    return {**copy.deepcopy(content), "update_id": 900009999}


@at("email")
@pytest.mark.parametrize(
    ("subject", "text", "headers"),
    [
        ("STOP", "", ""),
        ("unsubscribe", "", ""),
        ("Your message", "STOP", ""),
        ("Re: Your message", "STOP", "In-Reply-To: <ours@earshot.example>\n"),
        ("STOP", "", "In-Reply-To: <ours@earshot.example>\n"),
    ],
)
def test_a_mail_that_says_no_more_than_stop_stops(ladder: Ladder, subject: str, text: str, headers: str) -> None:
    ladder.hears(STORY)
    before = ladder.reached()

    assert ladder.takes(read_mail(text, number=90, subject=subject, headers=headers)) == ["stop.done"]
    assert ladder.is_stopped
    assert ladder.reached() == before + 1


@at("email")
@pytest.mark.parametrize("header", ["X-Auto-Response-Suppress: All", "X-Spam-Flag: YES"])
def test_stop_in_a_mail_that_asks_for_no_answer_holds_and_gets_none(ladder: Ladder, header: str) -> None:
    ladder.hears(STORY)

    assert ladder.takes(read_mail("STOP", number=90, subject="Re: yours", headers=f"{header}\n")) == []
    assert ladder.is_stopped
    assert ladder.facts()["kept"] == [STORY], "it is no feedback"


@at("email")
def test_what_a_program_sends_is_no_stop(ladder: Ladder) -> None:
    ladder.hears(STORY)

    assert ladder.takes(read_mail("STOP", number=90, headers="Auto-Submitted: auto-replied\n")) == []
    assert not ladder.is_stopped


@at("whatsapp", "messenger")
def test_what_waited_for_them_to_write_again_does_not_come_with_their_stop_nor_with_their_start(ladder: Ladder) -> None:
    ladder.intake.receive(ladder.rung.hears(STORY))
    ladder.later(days=2)
    ladder.all_turns()
    ladder.deliver()
    assert {state for _, state in ladder.said()} == {OutboundState.WITHHELD.value}

    assert ladder.hears("stop") == ["stop.done"]
    assert ladder.reached() == 1
    assert ladder.hears("start") == ["start.done"]
    assert ladder.reached() == 2


def test_an_account_typed_in_by_staff_commands_nothing_and_is_answered_by_nobody(
    one_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = Entry(id=UUID(int=5), kind=Kind.LETTER, words="Stop", on=MONDAY.date())
    message = message_of(entry, NORA.id)
    door = by_hand()
    rung = Rung(channel="byhand", door=door, address=message.sender, hears=lambda _: [message], took=None)
    ladder = ladder_of(one_database, rung, monkeypatch)

    assert ladder.hears("") == []
    assert message.manner is Manner.KEEP
    assert not ladder.is_stopped
