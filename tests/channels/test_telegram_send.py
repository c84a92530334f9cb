"""Messages out through Telegram: the real client, unchanged, against the stand-in on the loopback.

GS1 to GS8 are rows of the table of known cases. Links as buttons (GS3) and files (GS4's, GS9, GS10) have no place in
``Outgoing``, so there is nothing to try.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Response

from bot.commands import Commands
from bot.errors import (
    ChannelMisconfigured,
    ContactOptedOut,
    ContactUnreachable,
    ProviderUnavailable,
    ProviderUncertain,
    Rejected,
    SendError,
    Throttled,
)
from bot.model import ENGLISH, Address
from bot.outgoing import Choice, DeliveryStatus, Sent, Spoken
from bot.script import Script
from bot.wording import Wording
from channels.base import Door
from channels.telegram import LIMIT, TelegramDoor
from channels.telegram_client import TelegramClient
from channels.telegram_events import name_of
from tests.channels.contract import YES_NO, DoorContract
from tests.channels.telegram_host import PARENT, TOKEN, BotApi, cut
from tests.channels.telegram_payloads import ADDRESS, account, outgoing

pytestmark = pytest.mark.filterwarnings("ignore:.*retry_after:telegram.warnings.PTBDeprecationWarning")

Fail = Callable[[BotApi], None]


def refused(status: int, said: str, **parameters: int) -> Fail:
    return lambda bots: bots.refuse_next(status, said, **parameters)


def answered(status: int, body: str | bytes, **headers: str) -> Fail:
    return lambda bots: bots.fail_next(status, body, **headers)


def reset(bots: BotApi) -> None:
    bots.trouble = cut


def reset_once_sent(bots: BotApi) -> None:
    def sent_and_cut() -> Response:
        bots.sent += 1
        return cut()

    bots.trouble = sent_and_cut


TROUBLES: Sequence[tuple[str, Fail, type[SendError], str | None]] = [
    ("blocked", refused(403, "Forbidden: bot was blocked by the user"), ContactOptedOut, "403"),  # GS7
    ("deactivated", refused(403, "Forbidden: user is deactivated"), ContactUnreachable, "403"),
    ("not started", refused(403, "Forbidden: bot can't initiate conversation with a user"), ContactUnreachable, "403"),
    ("another 403", refused(403, "Forbidden: of a kind nobody knows"), ContactUnreachable, "403"),
    ("no such chat", refused(400, "Bad Request: chat not found"), ContactUnreachable, "400"),
    ("bad peer", refused(400, "Bad Request: PEER_ID_INVALID"), ContactUnreachable, "400"),
    ("too long", refused(400, "Bad Request: message is too long"), Rejected, "400"),  # GS5
    ("another 400", refused(400, "Bad Request: of a kind nobody knows"), Rejected, "400"),  # GS5
    (
        "a group that moved",
        refused(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1009),
        ContactUnreachable,
        "400",
    ),
    ("slow down", refused(429, "Too Many Requests: retry after 7", retry_after=7), Throttled, "429"),  # GS6
    ("slow down, no time", refused(429, "Too Many Requests"), Throttled, "429"),  # GS6
    ("slow down, no words", answered(429, "<html>"), Throttled, "429"),  # GS6
    ("bad token", refused(401, "Unauthorized"), ChannelMisconfigured, "401"),
    ("malformed token", refused(404, "Not Found"), ChannelMisconfigured, "401"),
    ("a webhook and a poller", refused(409, "Conflict: terminated by other getUpdates request"), ProviderUnavailable, "409"),
    ("server error", refused(500, "Internal Server Error"), ProviderUncertain, None),
    ("bad gateway", answered(502, "<html>502</html>"), ProviderUncertain, None),
    ("unavailable", answered(503, ""), ProviderUncertain, None),
    ("redirect", answered(302, "", Location="https://elsewhere.example/"), ChannelMisconfigured, None),
    ("no answer", reset, ProviderUncertain, None),
    ("taken, no answer", reset_once_sent, ProviderUncertain, None),
    ("not JSON", answered(200, "<html>not Telegram</html>"), ProviderUncertain, None),
    ("not UTF-8", answered(200, b"\xff\xfe"), ProviderUncertain, None),
    ("deep", answered(200, "[" * 20_000), ProviderUncertain, None),
    ("empty", answered(200, ""), ProviderUncertain, None),
    ("a list", answered(200, "[]"), ProviderUncertain, None),
    ("no result", answered(200, '{"ok": true}'), ProviderUncertain, None),
    ("false", answered(200, '{"ok": false, "description": "no"}'), ProviderUncertain, None),
]


class TestTelegramDoor(DoorContract):
    limit = LIMIT

    @pytest.fixture
    def door(self, telegram: TelegramDoor) -> Door:
        return telegram

    @pytest.fixture
    def address(self) -> Address:
        return ADDRESS

    @pytest.fixture
    def secrets(self) -> Sequence[str]:
        return (TOKEN,)

    @pytest.fixture
    def failures(self, bots: BotApi) -> Sequence[Callable[[], None]]:
        return [lambda fail=fail: fail(bots) for _, fail, _, _ in TROUBLES]  # type: ignore[misc]


def test_gs1_without_choices_the_keyboard_of_the_last_question_goes_away(bots: BotApi, telegram: TelegramDoor) -> None:
    sent = telegram.send(outgoing("Thank you, we have kept that."))

    (call,) = bots.asked("sendmessage")
    assert call["chat_id"] == str(PARENT)
    assert call["text"] == "Thank you, we have kept that."
    assert json.loads(call["reply_markup"]) == {"remove_keyboard": True}
    assert json.loads(call["link_preview_options"]) == {"is_disabled": True}
    assert "parse_mode" not in call
    assert sent == Sent(name_of(Address("telegram", str(PARENT)), "101"), DeliveryStatus.SENT)
    assert str(PARENT) not in str(sent.provider_id)


def test_gs2_choices_are_a_keyboard_for_one_time(bots: BotApi, telegram: TelegramDoor) -> None:
    telegram.send(outgoing("May we?", choices=YES_NO))

    (call,) = bots.asked("sendmessage")
    assert json.loads(call["reply_markup"]) == {
        "keyboard": [[{"text": "Yes"}, {"text": "No, team only"}]],
        "resize_keyboard": True,
        "one_time_keyboard": True,
    }


def test_gs2_many_choices_stand_in_several_rows_and_long_ones_alone(bots: BotApi, telegram: TelegramDoor) -> None:
    labels = ["Taxi", "School", "Health", "Something else", "The council's own SEND casework team", "None"]
    telegram.send(outgoing("Which?", choices=tuple(Choice(label, label) for label in labels)))

    rows = json.loads(bots.asked("sendmessage")[0]["reply_markup"])["keyboard"]
    assert [[button["text"] for button in row] for row in rows] == [
        ["Taxi", "School", "Health"],
        ["Something else"],
        ["The council's own SEND casework team"],
        ["None"],
    ]


def test_gs2_whatever_a_press_says_is_understood_as_that_answer(telegram: TelegramDoor) -> None:
    """A press comes back as the label's words, so these must be an answer, in each case."""
    commands, words = Commands.load(), Wording.load(facts={"privacy_url": "https://earshot.example/privacy"})
    labels = words.tongues[ENGLISH].choices
    for question in Script.load().questions.values():
        for key in question.choices:
            assert commands.answer(labels[key], question.choices, ENGLISH) == key


def test_gs4_of_several_parts_the_last_alone_has_the_keyboard(telegram: TelegramDoor) -> None:
    *before, last = telegram.render(Spoken("word " * 2000, YES_NO))

    assert len(before) == 2
    assert all(part.choices == () for part in before)
    assert last.choices == YES_NO
    assert last.text.splitlines()[-2:] == ["1 Yes", "2 No, team only"]


def test_parts_leave_in_order_and_nothing_is_lost(bots: BotApi, telegram: TelegramDoor) -> None:
    words = [f"word{number}" for number in range(1500)]
    for part in telegram.render(Spoken(" ".join(words))):
        telegram.send(outgoing(part.text, choices=part.choices))

    assert " ".join(call["text"] for call in bots.asked("sendmessage")).split() == words


@pytest.mark.parametrize(
    "words",
    ["one _ line", "*", "<b>", "a & b", "[x](y", "`", "\u202eright to left", "\U0001f468\u200d\U0001f469\u200d\U0001f467"],
)
def test_no_sign_is_a_fault_of_form(bots: BotApi, telegram: TelegramDoor, words: str) -> None:
    telegram.send(outgoing(words))

    assert bots.asked("sendmessage")[0]["text"] == words


def test_a_text_as_long_as_may_be_goes(bots: BotApi, telegram: TelegramDoor) -> None:
    for part in telegram.render(Spoken("x" * 4096)):
        telegram.send(outgoing(part.text))

    assert len(bots.asked("sendmessage")) == 1


@pytest.mark.parametrize(("fail", "kind", "code"), [row[1:] for row in TROUBLES], ids=[row[0] for row in TROUBLES])
def test_gs5_to_gs7_each_answer_of_telegram_is_the_error_we_act_on(
    bots: BotApi, telegram: TelegramDoor, fail: Fail, kind: type[SendError], code: str | None
) -> None:
    fail(bots)

    with pytest.raises(SendError) as raised:
        telegram.send(outgoing())
    assert type(raised.value) is kind
    assert raised.value.code == code


@pytest.mark.parametrize(
    ("how", "asked", "pause"), [("false", 7, 7), ("true", 7, 7), ("1", 10**6, 24 * 3600), ("false", 10**6, 24 * 3600)]
)
def test_gs6_the_pause_telegram_asks_for_is_handed_on_as_int_or_as_timedelta(
    bots: BotApi, telegram: TelegramDoor, monkeypatch: pytest.MonkeyPatch, how: str, asked: int, pause: int
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", how)
    bots.refuse_next(429, f"Too Many Requests: retry after {asked}", retry_after=asked)

    with pytest.raises(Throttled) as raised:
        telegram.send(outgoing())
    assert raised.value.retry_after == timedelta(seconds=pause)


@pytest.mark.parametrize(
    ("result", "kind"),
    [
        ('{"message_id": 0, "date": 1, "chat": {"id": 5000111222, "type": "private"}}', Rejected),
        ('{"date": 1, "chat": {"id": 5, "type": "private"}}', ProviderUncertain),
        ("{}", ProviderUncertain),
    ],
)
def test_gs8_taken_without_a_number_is_not_sent(bots: BotApi, telegram: TelegramDoor, result: str, kind: type[SendError]) -> None:
    """Telegram gives the number 0 to what it did not send (yet)."""
    bots.fail_next(200, f'{{"ok": true, "result": {result}}}')

    with pytest.raises(kind):
        telegram.send(outgoing())


def test_telegrams_own_words_are_kept_for_the_office_without_any_number_or_name(bots: BotApi, telegram: TelegramDoor) -> None:
    bots.refuse_next(400, f'Bad Request: user @marta_example ({PARENT}) said "nobody rang us back" at offset 12')

    with pytest.raises(Rejected) as raised:
        telegram.send(outgoing())
    assert str(raised.value) == "Telegram refused it: User … … said … at offset …"


def test_somebody_who_blocked_the_bot_is_not_written_to_again(bots: BotApi, telegram: TelegramDoor) -> None:
    """GS7."""
    bots.blocked.add(str(PARENT))

    with pytest.raises(ContactOptedOut):
        telegram.send(outgoing())


def test_with_the_wrong_token_nothing_goes(bots: BotApi) -> None:
    client = TelegramClient(token="1234567890:AAAnotherAnotherAnother", url=bots.url)
    door = TelegramDoor(account(api_url=bots.url), client)

    with pytest.raises(ChannelMisconfigured, match="TELEGRAM_TOKEN"):
        door.send(outgoing())
    assert bots.sent == 100
    client.close()


def test_half_of_a_pair_in_a_message_is_our_own_mistake(bots: BotApi, telegram: TelegramDoor) -> None:
    with pytest.raises(Rejected):
        telegram.send(outgoing("a\ud800b"))
    assert bots.calls == []


def test_an_address_of_another_channel_is_not_written_to(bots: BotApi, telegram: TelegramDoor) -> None:
    with pytest.raises(ContactUnreachable):
        telegram.send(replace(outgoing(), address=Address("web", "x")))
    assert bots.calls == []


def test_telegram_waits_ten_seconds_for_the_end_of_a_burst_and_has_no_window(telegram: TelegramDoor) -> None:
    assert telegram.traits.settle == timedelta(seconds=10)
    assert telegram.traits.service_window is None
    assert not telegram.traits.network_answers_stop
