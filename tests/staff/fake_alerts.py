"""The lead's room as the pages find it: what is open, who was called, a rota with a hole, a drill, a sheet, a passage shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import time, timedelta
from typing import cast
from uuid import UUID

from bot.alert_desk import AlertDesk, AlertWorks, CallView, Drill, Released, Sheet, SheetLine
from bot.alert_records import HandedTo, LooseAlert
from bot.hand_over import End, Handing
from bot.rota import Rota, Rung, When
from tests.staff.fakes import NOW, FakeClock, FakeStore, a_loose_alert, made_id

RUTH = Rung(
    id=made_id("rung"),
    name="Ruth Adeyemi",
    mobile="+447700900801",
    email="ruth@somerset.example",
    when=When.HOURS,
    days=frozenset({1, 2, 3, 4, 5}),
    opens=time(8),
    closes=time(18),
)
HUW = replace(RUTH, id=made_id("huw"), name="Huw Bartlett", mobile="+447700900802", email=None)
DESK = replace(HUW, id=made_id("duty desk"), name="Duty social work desk", mobile="+447700900803")
KEPT = Rota(rungs=(RUTH, HUW, DESK), number=1, made_by="Ruth Adeyemi", made_at=NOW - timedelta(days=3))
CALLS = tuple(
    CallView(name="Ruth Adeyemi", route=route, rung=1, at=NOW, sent_at=NOW, state=state)
    for route, state in (("sms", "failed"), ("email", "delivered"))
)
DRILL = Drill(
    id=made_id("drill"),
    started_at=NOW - timedelta(minutes=2),
    started_by="operator",
    taken_by=None,
    taken_at=None,
    is_running=True,
    calls=CALLS,
)


@dataclass
class FakeAlertRecords:
    store: FakeStore

    def standing_rota(self) -> Rota:
        return KEPT

    def open_alerts(self) -> tuple[LooseAlert, ...]:
        return self.store.loose_alerts()

    def kept_back(self, *, limit: int) -> tuple[LooseAlert, ...]:
        closed = [loose for loose in self.store.loose.values() if loose.alert.outcome and loose.alert.cleared_at is None]
        return tuple(closed[:limit])

    def count_open(self) -> int:
        return len(self.store.loose_alerts())

    def story(self, alert_id: UUID) -> tuple[CallView, ...]:
        del alert_id
        return CALLS

    def handings(self, alert_id: UUID) -> tuple[Handing, ...]:
        del alert_id
        return (Handing(name="Huw Bartlett", by="Ruth Adeyemi", at=NOW, end=End.UNANSWERED, ended_at=NOW),)

    def rota_history(self, *, limit: int) -> tuple[Rota, ...]:
        return (KEPT,)[:limit]

    def drills(self, *, limit: int) -> tuple[Drill, ...]:
        return (DRILL,)[:limit]

    def drill(self, drill_id: UUID) -> Drill | None:
        return DRILL if drill_id == DRILL.id else None

    def sheet(self, alert_id: UUID) -> Sheet | None:
        loose = self.store.loose_alert(alert_id)
        said = SheetLine(at=NOW, who="them", channel="sms", text="he has a knife " * 12, files=1, raised=True)
        ours = SheetLine(at=NOW, who="us", channel="sms", text="Ring 999.", state="delivered")
        return (
            None
            if loose is None
            else Sheet(alert=loose, lines=(said, ours), known=(("speaker", "parent"), ("locale", "en")), calls=CALLS)
        )

    def released(self, *, experience_id: UUID | None = None) -> tuple[Released, ...]:
        del experience_id
        one = Released(
            id=made_id("release"),
            passage_id=made_id("passage timber"),
            text="he came home with marks on both arms",
            themes=("transport",),
            released_at=NOW,
            released_by="Ruth Adeyemi",
        )
        return (one,)


def fill_taken(store: FakeStore) -> None:
    """An alert that the lead has, one that a colleague has handed on, and one that was closed as real."""
    ruth, lee = made_id("staff ruth"), made_id("staff lee")
    store.waits(a_loose_alert("mine", taken_by="Ruth Adeyemi", taker_id=ruth, taken_at=NOW), "he has a knife")
    handed = HandedTo("Ruth Adeyemi", NOW)
    theirs = a_loose_alert("theirs", taken_by="Lee Farr", taker_id=lee, taken_at=NOW, handed=handed)
    store.waits(theirs, "he has a knife")
    store.waits(a_loose_alert("closed", taken_by="Ruth Adeyemi", taken_at=NOW, outcome="police: Rang 101, ref 4."), "a knife")


def alert_desk_of(store: FakeStore, clock: FakeClock) -> AlertDesk:
    records = FakeAlertRecords(store)
    return AlertDesk(records=records, work=cast(AlertWorks, records), store=store.as_store(), clock=clock)
