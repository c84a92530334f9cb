"""`earshot tagger explain`: why a text gets its tags, voter by voter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from bot.review import Sureness
from bot.script import Script
from cli.group import Start
from cli.tagger_choice import chosen, is_ours, reader_of, tagger_option

if TYPE_CHECKING:
    from bot.heard import Heard
    from nlp.explaining import FeelingReason, Reason, Voter
    from nlp.reading import Reader

_SURE = {Sureness.SURE: "sure", Sureness.FAIRLY_SURE: "fairly sure", Sureness.PLEASE_CHECK: "please check"}


@click.command()
@click.argument("text")
@tagger_option
@click.option("--question", metavar="KEY", help="The key of the question it answers, such as good or better.")
@click.option("--words", "only_words", is_flag=True, help="Leave the sentence model out.")
@click.pass_obj
def explain(start: Start, *, text: str, which: str | None, question: str | None, only_words: bool) -> None:
    """Say why TEXT gets its themes and its feeling: what each voter said, with its words.

    Shown are the themes that are suggested and the next three, for the message as a whole; where it is cut into passages,
    each is then listened to by itself. Odds are logarithms: over 0 speaks for the theme, under 0 against it.
    """
    from nlp.explaining import feeling_reason, reasons

    if not text.strip():
        raise click.ClickException("There are no words to explain.")
    ensemble = chosen(start, which, sentences=not only_words)
    reader = reader_of(ensemble)
    _check(question, reader)
    for reason in reasons(text, ensemble, reader, question=question):
        click.echo("\n".join(_theme(reason)) + "\n")
    click.echo("\n".join(_feeling(feeling_reason(text, ensemble, reader, question=question))))
    if is_ours(ensemble, reader):
        from nlp.listener import SpacyListener

        click.echo("\n".join(_heard(SpacyListener(ensemble=ensemble).hear(text, question=question))))


def _check(question: str | None, reader: Reader) -> None:
    """A campaign's key counts by its words; any other is one of the script's."""
    if question is None or reader.feeling.asked(question) is not None:
        return
    asked = Script.load().questions
    if question not in asked:
        raise click.ClickException(
            f"There is no question “{question}”. The talk asks {', '.join(asked)}; of a campaign's key the words count, "
            "such as good or better."
        )


def _theme(reason: Reason) -> Iterator[str]:
    said = f"suggested, {_SURE[Sureness.of(reason.chance)]}" if reason.is_suggested else "not suggested"
    yield f"{reason.theme}: {said} (chance {reason.chance:.2f}, suggested from {reason.threshold:.2f})"
    yield f"  {'starts at':<10} {'':>7} odds {reason.start:+6.2f}"
    for voter in reason.voters:
        yield f"  {voter.name:<10} {voter.says:>7.2f} odds {voter.adds:+6.2f}  {_words(voter)}".rstrip()


def _words(voter: Voter) -> str:
    return ", ".join(f"“{word}”" if share is None else f"“{word}” {share:.0%}" for word, share in voter.words)


def _feeling(reason: FeelingReason) -> Iterator[str]:
    yield "feeling: " + ", ".join(f"{feeling.value} {chance:.2f}" for feeling, chance in reason.chances)
    for side, word, weight in reason.words:
        yield f"  {side:<10} {weight:>7.2f} “{word}”"
    if reason.question is not None:
        yield f"  the question leans to: {reason.question.value}"


def _heard(heard: Heard) -> Iterator[str]:
    if heard.needs_translation:
        yield f"The listener takes this for another language than English ({heard.locale}) and suggests no theme."
    if len(heard.passages) > 1:
        yield f"The listener cuts it into {len(heard.passages)} passages:"
        for passage in heard.passages:
            yield f"  {passage.polarity.value} ({_codes([one.theme for one in passage.suggestions])}): {passage.text}"


def _codes(themes: Sequence[str]) -> str:
    return ", ".join(themes) or "no theme"
