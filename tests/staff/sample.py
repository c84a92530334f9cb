"""A small inbox of made-up experiences: one of each kind the pages must be able to show."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from bot.byhand import Entry, Kind, message_of
from bot.cards import BY_PARENT, TalkLine
from bot.comments import Comment
from bot.conversation import Purpose
from bot.deletions import Deletion
from bot.heard import Polarity, RiskLevel
from bot.model import ChannelName, Locale, Speaker
from bot.outgoing import OutboundState
from tests.staff.fakes import NOW, FakeStore, a_decision, a_member, a_passage, a_task, an_alert, an_experience, made_id
from tests.staff.job_samples import fill_jobs

RIVER_1 = (
    "New taxi driver again this morning and no one told us. He screamed all the way and the escort didnt know he "
    "cant do belts on his left side"
)
RIVER_2 = (
    "But his teaching assistant [name removed] is a star, she meets him at the gate every day and thats the only reason "
    "he goes in"
)


def fill(store: FakeStore) -> FakeStore:
    """Staff, and an inbox in which every flag stands somewhere."""
    for member in (
        a_member("jo", name="Jo Pascoe"),
        a_member("ruth", name="Ruth Adeyemi", role="safeguarding"),
        a_member("tom", name="Tom Calloway"),
    ):
        store.add_staff(member, NOW)
    _fill_grave(store)
    _fill_plain(store)
    _fill_unusual(store)
    return store


def _spans(text: str, *words: str) -> list[tuple[int, int]]:
    return [(text.index(word), text.index(word) + len(word)) for word in words]


def _fill_grave(store: FakeStore) -> None:
    store.put(
        an_experience(
            "TIMBER 350",
            channel="sms",
            alerts=[an_alert("timber", kinds=("child_not_safe",))],
            passages=[
                a_passage(
                    "he came home with marks on both arms and says the man on the bus held him down. i am scared to "
                    "send him tomorrow",
                    name="timber",
                    themes={"transport": 0.83},
                )
            ],
            promised_on=date(2026, 11, 24),
        )
    )
    store.put(
        an_experience(
            "LANTERN 316",
            channel="webchat",
            risk=RiskLevel.WELLBEING,
            passages=[
                a_passage(
                    "im exhausted, every single thing is a fight and i cry in the car after drop off. can someone just "
                    "tell me what happens next",
                    name="lantern",
                    themes={"family_impact": 0.9, "communication": 0.4},
                )
            ],
            tasks=(a_task("lantern call", due_on=date(2026, 11, 20)), a_task("lantern look", kind="look_again")),
            promised_on=date(2026, 11, 24),
        )
    )


def _fill_plain(store: FakeStore) -> None:
    view = an_experience(
        "RIVER 482",
        passages=[
            a_passage(
                RIVER_1,
                name="river 1",
                themes={"transport": 0.93, "communication": 0.7},
                evidence={
                    "transport": _spans(RIVER_1, "taxi driver", "escort"),
                    "communication": _spans(RIVER_1, "no one told us"),
                },
            ),
            a_passage(
                RIVER_2,
                name="river 2",
                polarity=Polarity.GOOD,
                themes={"sen_support": 0.66, "attendance_anxiety": 0.41},
                evidence={
                    "sen_support": _spans(RIVER_2, "teaching assistant"),
                    "attendance_anxiety": _spans(RIVER_2, "only reason he goes in"),
                },
            ),
        ],
        consents={Purpose.WORDS_IN_PUBLIC: True, Purpose.TELL_WHAT_CHANGED: True},
        promised_on=date(2026, 11, 23),
    )
    talk = (
        *view.talk,
        TalkLine(
            seq=12,
            who="earshot",
            text="Thank you, we have kept that. Ref RIVER 482. The SEND team reads it by Mon 23 Nov.",
            at=NOW - timedelta(hours=19),
            state="read",
        ),
        TalkLine(seq=13, who="parent", text="1", at=NOW - timedelta(hours=18), media=1),
    )
    store.put(replace(view, talk=talk, age_band="5-10", service="school"))
    for number, (reference, late) in enumerate([("BROOK 377", 3), ("FINCH 540", 0), ("HEDGE 115", -2)]):
        store.put(
            an_experience(
                reference,
                channel=("sms", "webchat", "pages")[number],
                passages=[
                    a_passage(
                        "emailed 6 times about the review and no reply, then the letter came on friday at 5pm",
                        name=reference,
                        themes={"ehc_review": 0.72, "communication": 0.88},
                    )
                ],
                consents={Purpose.WORDS_IN_PUBLIC: False},
                promised_on=NOW.date() - timedelta(days=late),
            )
        )


def _fill_unusual(store: FakeStore) -> None:
    store.put(
        an_experience(
            "WILLOW 059",
            channel="sms",
            locale=Locale("ar"),
            needs_translation=True,
            passages=[a_passage("ننتظر الخطة منذ تسعة أشهر ولا أحد يتصل بنا.", name="willow", polarity=Polarity.NONE)],
        )
    )
    store.put(
        an_experience(
            "CANDLE 204",
            speaker=Speaker.YOUNG_PERSON,
            parked=True,
            passages=[],
            talk=[TalkLine(seq=40, who="parent", text="", at=NOW, redacted=False)],
        )
    )
    store.put(
        an_experience(
            "FALCON 231",
            channel="webchat",
            passages=[
                a_passage(
                    "The portage lady comes every fortnight and for the first time I feel we are ahead of things",
                    name="falcon",
                    polarity=Polarity.GOOD,
                    themes={"early_years": 0.7, "short_breaks": 0.5},
                    decisions=[
                        a_decision("early_years", verdict=True, by="Tom Calloway"),
                        a_decision("short_breaks", verdict=False, by="Tom Calloway"),
                        a_decision("early_identification", verdict=True, by=BY_PARENT),
                    ],
                )
            ],
            read_at=NOW - timedelta(hours=2),
            read_by="Tom Calloway",
        )
    )


def fill_rooms(store: FakeStore) -> None:
    """What there is to do beside reading: accounts typed in, comments in every state, a deletion, two who are linked."""
    words = {"typed in": ("phone", RIVER_1), "danger typed in": ("letter", "He has a knife and he will kill her tonight.")}
    for name, (kind, text) in words.items():
        entry = Entry(id=made_id(name), kind=Kind(kind), words=text, on=NOW.date())
        store.entries.receive([message_of(entry, made_id("staff jo"))])
    states: list[dict[str, Any]] = [
        {},
        {"sent": OutboundState.SENT, "sent_at": NOW},
        {"sent": OutboundState.FAILED, "error": "Meta refused it: the person cannot be written to."},
        {"at": NOW - timedelta(days=9)},
        {"is_gone": True, "text": ""},
        {"is_with_safeguarding": True, "text": "he has a knife " * 20},
    ]
    for number, state in enumerate(states, start=1):
        usual = {"text": RIVER_2, "is_redacted": True, "at": NOW - timedelta(hours=number), "post": "1001_2002"}
        comment = Comment(id=made_id(f"comment {number}"), seq=number, **{**usual, **state})
        store.said.under_posts[comment.id] = comment
    fill_jobs(store.jobs, store.files, made_id("staff ruth"))
    for code, done in (("AB12-CD34", None), ("EF56-GH78", NOW)):
        store.said.wishes[code] = Deletion(
            code=code, channel=ChannelName("messenger"), asked_at=NOW, done_at=done, done_by="Jo Pascoe" if done else None
        )
    jo = made_id("staff jo")
    store.same.join(made_id("contact FALCON 231"), made_id("contact BROOK 377"), staff_id=jo, why="She said so.", now=NOW)
