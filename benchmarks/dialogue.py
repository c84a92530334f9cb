"""What the pure dialogue costs: turns a second, and a turn's CPU at turn 500 beside that at turn 5 of the same talk.

    python -m benchmarks.dialogue [--talks 20] [--turns 502]

No store, no listener, no channel: ``take_turn`` alone, over the same few messages again and again. Exit 1 where a late
turn costs more than 1.2 times an early one.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from bot.conversation import Conversation
from bot.dialogue import take_turn
from bot.heard import Heard, Risk
from bot.model import Address, ChannelName, InboundMessage
from bot.records import StoredInbound
from bot.script import Script

MOST = 1.2
EARLY, AROUND = 5, 5
"""Which early turn is compared, and how many turns to each side of it are looked at with it."""
MESSAGES = (
    "The school taxi has come late every day this week and nobody rings to tell us",
    "Who do I ring about transport?",
    "He was late again and missed his favourite lesson",
    "1",
    "status",
    "It is Hill View in Yeovil",
    "thank you",
)
START = datetime(2026, 11, 19, 10, 42, tzinfo=UTC)


def played(script: Script, turns: int) -> list[float]:
    """CPU seconds of each turn of one talk. Every message is the same length as at the start: only the talk grows old."""
    conversation = Conversation(id=UUID(int=0), channel=ChannelName("sms"))
    spent = []
    for number in range(turns):
        text, now = MESSAGES[number % len(MESSAGES)], START + timedelta(minutes=20 * number)
        message = InboundMessage(
            channel=ChannelName("sms"), account="a", external_id=str(number), sender=Address("tel", "+447700900123"), text=text
        )
        command = script.commands.recognise(text, conversation.locale)
        stored = StoredInbound(
            seq=number, id=UUID(int=number), message=message, command=command, risk=Risk(), received_at=now, attempts=1
        )
        before = replace(conversation, spare_reference="RIVER 482")
        begun = time.process_time()
        turn = take_turn(script, before, [stored], [Heard(redacted=text)], now)
        spent.append(time.process_time() - begun)
        conversation = turn.conversation
    return spent


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--talks", type=int, default=20)
    parser.add_argument("--turns", type=int, default=502)
    options = parser.parse_args()
    script = Script.load()
    played(script, 50)  # whatever is made once is made before the clock runs
    talks = [played(script, options.turns) for _ in range(options.talks)]

    every = [spent for talk in talks for spent in talk]
    # The same message at both places, so that nothing but the age of the talk differs.
    late = options.turns - (options.turns - EARLY) % len(MESSAGES)
    span = range(-(AROUND - 1), 1)
    early_cost = statistics.median(sum(talk[EARLY - 1 + step] for step in span) for talk in talks) / AROUND
    late_cost = statistics.median(sum(talk[late - 1 + step] for step in span) for talk in talks) / AROUND
    ratio = late_cost / early_cost
    print(f"{len(every) / sum(every):8.0f} turns a second of CPU, median {statistics.median(every) * 1e6:.0f} µs")
    print(f"turn {EARLY}: {early_cost * 1e6:.0f} µs; turn {late}: {late_cost * 1e6:.0f} µs; {ratio:.2f} times (at most {MOST})")
    return 0 if ratio <= MOST else 1


if __name__ == "__main__":
    sys.exit(main())
