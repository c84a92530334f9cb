"""From what is to be said to rows of the outbox: worded, rendered by the channel, each under a key that is used once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from bot.conversation import Say
from bot.model import Address, ChannelName, Locale
from bot.outgoing import Priority
from bot.ports import Channel
from bot.records import NewOutbound
from bot.talks_held import Talk
from bot.wording import Wording


class Replies:
    """Words a ``Say`` in the person's locale and cuts it into what each call to the provider will carry."""

    def __init__(self, *, wording: Wording, channels: Mapping[ChannelName, Channel], new_id: Callable[[], UUID]) -> None:
        self._wording = wording
        self._channels = channels
        self._new_id = new_id

    def words(self, key: str, locale: Locale, channel: ChannelName) -> str:
        """How a text without placeholders reads, to be shown before it is sent."""
        return self._wording.speak(Say(key), locale, channel).text

    def in_talk(
        self,
        talk: Talk,
        say: Say,
        *,
        dedupe: str,
        now: datetime,
        priority: Priority = Priority.REPLY,
        locale: Locale | None = None,
    ) -> list[NewOutbound]:
        """``rows`` of one thing said to the person of a talk, where it goes on. ``locale``: another than that of the talk."""
        return self.rows(
            [say],
            dedupe=dedupe,
            channel=talk.channel,
            address=talk.address,
            locale=locale or talk.locale,
            values={},
            contact_id=talk.contact_id,
            conversation_id=talk.id,
            priority=priority,
            thread=talk.thread,
            now=now,
        )

    def rows(
        self,
        says: Sequence[Say],
        *,
        dedupe: str,
        channel: ChannelName,
        address: Address,
        locale: Locale,
        values: Mapping[str, str],
        contact_id: UUID | None,
        now: datetime,
        conversation_id: UUID | None = None,
        alert_id: UUID | None = None,
        priority: Priority = Priority.REPLY,
        thread: Mapping[str, str] | None = None,
    ) -> list[NewOutbound]:
        """One row a part. ``values`` fill the placeholders that the ``Say`` leaves open; ``thread`` is that of the
        message that is answered.

        ``dedupe`` names the cause (a turn, a message): with the position it makes the key that the outbox takes once.
        """
        rows: list[NewOutbound] = []
        with self._wording.held():
            complete = [replace(say, values={**values, **say.values}) for say in says]
            said = [(say, self._wording.speak(say, locale, channel)) for say in complete]
        for say, spoken in said:
            for part in self._channels[channel].render(spoken):
                rows.append(
                    NewOutbound(
                        id=self._new_id(),
                        dedupe_key=f"{dedupe}:{len(rows)}",
                        channel=channel,
                        address=address,
                        contact_id=contact_id,
                        conversation_id=conversation_id,
                        key=say.key,
                        locale=locale,
                        part=part,
                        priority=priority,
                        position=len(rows),
                        not_before=now,
                        question=say.key if say.choices else None,
                        alert_id=alert_id,
                        thread=thread or {},
                    )
                )
        return rows
