"""The channel log: what came in and went out on each channel in the last fourteen days, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.channel_log import KEPT_FOR, LogFilter, LogReading, Outcome
from staff.desk import desk

_LONGEST_NUMBER = 15


def add_channel_log(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/channels/log", "channel_log", channel_log, methods=["GET"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the address asks for. What it asks for and there is not, is as if it had not been asked."""

    channel: str = ""
    outcome: Outcome | None = None
    day: date | None = None
    before: int | None = None

    @classmethod
    def read(cls, args: Mapping[str, str]) -> Wanted:
        outcome, before = args.get("outcome", ""), args.get("before", "")
        try:
            day = date.fromisoformat(args.get("day", ""))
        except ValueError:
            day = None
        return cls(
            channel=args.get("channel", ""),
            outcome=Outcome(outcome) if outcome in tuple(Outcome) else None,
            day=day,
            before=int(before) if before.isascii() and before.isdigit() and len(before) <= _LONGEST_NUMBER else None,
        )

    def filter(self, zone: ZoneInfo) -> LogFilter:
        def start_of(day: date) -> datetime:
            return datetime(day.year, day.month, day.day, tzinfo=zone)

        return LogFilter(
            channel=self.channel,
            outcome=self.outcome,
            since=start_of(self.day) if self.day else None,
            until=start_of(self.day + timedelta(days=1)) if self.day and self.day < date.max else None,
            before=self.before,
        )

    def query(self) -> dict[str, Any]:
        given = {"channel": self.channel, "outcome": self.outcome, "day": self.day and self.day.isoformat()}
        return {name: str(value) for name, value in given.items() if value}


def channel_log() -> ResponseReturnValue:
    reading = _reading()
    at, wanted = desk(), Wanted.read(request.args)
    lines, onward = reading.lines(wanted.filter(at.zone))
    return render_template(
        "staff/channel_log.html",
        lines=lines,
        wanted=wanted,
        log_channels=reading.channels(),
        outcomes=list(Outcome),
        days=[at.today() - timedelta(days=number) for number in range(KEPT_FOR.days + 1)],
        older=None if onward is None else url_for("staff.channel_log", **wanted.query(), before=onward),
    )


def _reading() -> LogReading:
    found = desk().rooms.log
    if found is None:
        abort(404)
    return found
