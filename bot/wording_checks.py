"""What is wrong with a text that families would read: the same rules for the build's tests and for whoever publishes.

A fault is a code with values; the sentence that says what to do stands in the staff's templates, by the code's name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

from bot.errors import BadContent
from bot.model import ENGLISH, ChannelName, Locale
from bot.outgoing import Spoken
from bot.script import Script
from bot.wording import CHOICE, PLAIN, Wording, placeholders
from bot.wording_faults import Code, Fault, Measure
from bot.wording_rules import Rules, Sample, is_house

SMS, WEB = ChannelName("sms"), ChannelName("webchat")
TO_STAFF = "alert."
_DANGER, _CHILD, _DISCREET = "danger.", "danger.young_person.", "danger.violence_at_home."
_NAMES_IT = ("delete.",)
"""Texts that answer who asked for the thing by its name: they may say the name back at once."""
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf]")
_STRAY = re.compile(r"  | $|^ |\n")
_QUOTED = re.compile("“[^”]*”")
_ASKS = ("?", "؟")
_SENTENCE_ENDS = re.compile(r"(?<=[.?:])\s")
_CAPITALS = re.compile(r"(?<!\w)[^\W\d_]{4,}(?: ME)?(?!\w)")
_AGE = "35"
_ONE, _TWO = 1, 2


@dataclass(frozen=True)
class Checks:
    """Looks at texts of a whole ``Wording``, so that a text is seen beside its English and its neighbours."""

    rules: Rules
    script: Script
    measure: Measure

    @cached_property
    def sample(self) -> Sample:
        return Sample(self.rules, self.script)

    def everything(self, wording: Wording) -> list[Fault]:
        """All that is wrong anywhere: what the build's tests run."""
        keys = [(locale, key) for locale, tongue in wording.tongues.items() for key in tongue.texts]
        faults = [fault for locale, key in keys for fault in self.of_text(wording, locale, key)]
        return [*faults, *(fault for locale in wording.tongues for fault in self.of_locale(wording, locale))]

    def of_changes(self, base: Wording, wording: Wording, changed: Collection[tuple[Locale, str]]) -> list[Fault]:
        """What is wrong with the texts at these places (``choice.NAME`` for an answer) and with what leans on them: a
        translation of a changed English text, the talk as a whole. ``base``: what the program was written for, whose
        placeholders no text may leave.
        """
        broken = [fault for locale, key in changed for fault in self._unfit(base, wording, locale, key)]
        if broken:
            return broken  # what leans on a text that cannot be said cannot be measured
        places = dict.fromkeys(changed)
        for _, key in [place for place in changed if place[0] == ENGLISH]:
            places |= dict.fromkeys((locale, key) for locale, tongue in wording.tongues.items() if key in tongue.texts)
        faults = [fault for locale, key in places for fault in self._at(wording, locale, key)]
        for locale in dict.fromkeys(locale for locale, _ in changed):
            faults += self.of_locale(wording, locale)
        return faults

    def of_text(self, wording: Wording, locale: Locale, key: str) -> list[Fault]:
        """What is wrong with one text, in each of its variants."""
        tongue = wording.tongues[locale]
        if key not in tongue.texts:
            return [Fault(Code.UNKNOWN, locale, key)]
        forms = (self._form(wording, locale, key, channel, text) for channel, text in tongue.texts[key].items())
        if broken := [fault for fault in forms if fault]:
            return broken  # it cannot be said, so it cannot be measured
        return list(self._said(wording, locale, key))

    def of_locale(self, wording: Wording, locale: Locale) -> Iterator[Fault]:
        """What is wrong with answers beside each other, and with the length of a whole talk."""
        choices = wording.tongues[locale].choices
        for question in self.script.questions.values():
            labels = {choice: choices[choice] for choice in question.choices if choice in choices}
            if len({label.partition(",")[0].casefold() for label in labels.values()}) < len(labels):
                yield Fault(
                    Code.ANSWERS_ALIKE, locale, f"{CHOICE}.{next(iter(labels))}", values={"labels": ", ".join(labels.values())}
                )
            for choice, label in labels.items():
                if self.script.commands.answer(label, question.choices, locale) != choice:
                    yield Fault(Code.ANSWER_LOST, locale, f"{CHOICE}.{choice}", values={"label": label})
        if wording.tongues[locale].complete:
            yield from self._talk(wording, locale)

    def _at(self, wording: Wording, locale: Locale, key: str) -> Iterator[Fault]:
        kind, _, name = key.partition(".")
        if kind != CHOICE:
            yield from self.of_text(wording, locale, key)
            return
        label = wording.tongues[locale].choices.get(name)
        if label is None:
            yield Fault(Code.UNKNOWN, locale, key)
        elif not label.strip():
            yield Fault(Code.EMPTY, locale, key, PLAIN)
        elif "{" in label or "}" in label:
            yield Fault(Code.BRACES, locale, key, PLAIN)
        else:
            yield from self._manners(locale, key, PLAIN, label)

    def _unfit(self, base: Wording, wording: Wording, locale: Locale, key: str) -> Iterator[Fault]:
        for channel, text in wording.tongues[locale].texts.get(key, {}).items():
            if key in base.tongues[ENGLISH].texts and (fault := self._form(base, locale, key, channel, text)):
                yield fault

    def _form(self, wording: Wording, locale: Locale, key: str, channel: str, text: str) -> Fault | None:
        """Why a text cannot be said at all, if it cannot."""
        if not text.strip():
            return Fault(Code.EMPTY, locale, key, channel)
        try:
            found = set(placeholders(text))
        except BadContent:
            return Fault(Code.BRACES, locale, key, channel)
        wanted = set(placeholders(wording.tongues[ENGLISH].texts[key][PLAIN]))
        if found != wanted:
            lost, extra = (", ".join(f"{{{name}}}" for name in sorted(names)) for names in (wanted - found, found - wanted))
            return Fault(Code.PLACEHOLDERS, locale, key, channel, {"lost": lost, "extra": extra})
        if unknown := found - self.sample.values(wording, locale, key).keys():
            return Fault(Code.NO_VALUE, locale, key, channel, {"name": min(unknown)})
        return None

    def _said(self, wording: Wording, locale: Locale, key: str) -> Iterator[Fault]:
        tongue, english = wording.tongues[locale], wording.tongues[ENGLISH]
        if (missing := english.texts[key].keys() - tongue.texts[key].keys() - {SMS}) and not is_house(locale):
            yield Fault(Code.VARIANT_MISSING, locale, key, values={"channel": min(missing)})
        for channel, raw in tongue.texts[key].items():
            bare = re.sub(r"\{\w+\}", "", raw)
            for number in sorted(set(re.findall(r"\d+", bare)) - self.rules.typed_numbers):
                yield Fault(Code.TYPED_NUMBER, locale, key, channel, {"number": number})
            if not key.startswith(TO_STAFF):
                said = self.sample.spoken(wording, locale, key, ChannelName(channel if channel != PLAIN else "")).text
                yield from self._variant(wording, locale, key, channel, said)
        if not key.startswith(TO_STAFF):
            yield from self._by_sms(wording, locale, key)

    def _variant(self, wording: Wording, locale: Locale, key: str, channel: str, said: str) -> Iterator[Fault]:
        yield from self._manners(locale, key, channel, said)
        yield from self._discretion(locale, key, channel, said)
        for word in dict.fromkeys(_CAPITALS.findall(said)):
            if word == word.upper() != word.lower() and word not in self.rules.names and not self._understood(word, locale):
                yield Fault(Code.NOT_UNDERSTOOD, locale, key, channel, {"word": word})
        if locale in self.rules.oldest and (age := round(grade(said) + 5, 1)) > self.rules.oldest[locale]:
            yield Fault(Code.READING_AGE, locale, key, channel, {"age": f"{age:.0f}", "most": self.rules.oldest[locale]})
        if most := self.rules.longest.get(locale):
            for sentence in _SENTENCE_ENDS.split(said):
                if len(sentence.split()) > most:
                    yield Fault(Code.LONG_SENTENCE, locale, key, channel, {"sentence": sentence, "most": most})
        if key.startswith(_DANGER):
            yield from self._danger(wording, locale, key, channel, said)
        if key == "language.noticed" and wording.tongues[ENGLISH].name not in said:
            yield Fault(Code.WAY_BACK, locale, key, channel)

    def _manners(self, locale: Locale, key: str, channel: str, said: str) -> Iterator[Fault]:
        if _STRAY.search(said):
            yield Fault(Code.SPACES, locale, key, channel)
        if found := _EMOJI.search(said):
            yield Fault(Code.EMOJI, locale, key, channel, {"sign": found[0]})
        # What stands in quotation marks is a button, in the person's own voice; or a person's own words.
        ours = _QUOTED.sub("“”", said).replace(self.rules.sample["words"], "").replace(self.rules.sample["my_data_url"], "")
        for why, pattern in self.rules.never.items():
            if (is_house(locale) or why == "exclamation") and (found := pattern.search(ours)):
                yield Fault(Code.NEVER, locale, key, channel, {"why": why, "words": found[0].strip()})
        if not is_house(locale) and (found := self.rules.taken.search(said)):
            yield Fault(Code.TAKEN, locale, key, channel, {"word": found[0]})

    def _discretion(self, locale: Locale, key: str, channel: str, said: str) -> Iterator[Fault]:
        """What a lock screen may show."""
        if key == "link.offer" and said.index(self.rules.sample["link_code"]) <= self.rules.noticed:
            yield Fault(Code.CODE_EARLY, locale, key, channel)
        if key.startswith((*_NAMES_IT, *self.rules.unseen)):
            return
        seen = said[: self.rules.noticed]
        if is_house(locale):
            found = self.rules.sensitive.search(seen)
            word = found[0] if found else ""
        else:
            word = next((word for word in self.rules.sensitive_words.get(locale, ()) if word in seen.casefold()), "")
        if word:
            yield Fault(Code.LOCK_SCREEN, locale, key, channel, {"word": word})

    def _danger(self, wording: Wording, locale: Locale, key: str, channel: str, said: str) -> Iterator[Fault]:
        rules, signposts = self.rules.danger, self.script.signposts
        if signposts["emergency"] not in said:
            yield Fault(Code.DANGER_NUMBER, locale, key, channel, {"number": signposts["emergency"]})
        if re.search(rules["asks"], said) if is_house(locale) else any(sign in said for sign in _ASKS):
            yield Fault(Code.DANGER_ASKS, locale, key, channel)
        if not is_house(locale):
            tongue, english = wording.tongues[locale], wording.tongues[ENGLISH].text(key, ChannelName(channel))
            if _numbers(tongue.texts[key][channel]) != _numbers(english):
                yield Fault(Code.DANGER_OTHERS, locale, key, channel)
            return
        if not re.search(rules["told"], said):
            yield Fault(Code.DANGER_SAYS, locale, key, channel, {"what": "told"})
        when = rules["today"] if key.endswith(".open") else wording.tongues[locale].calendar.weekdays[0][:3]
        if when not in said:
            yield Fault(Code.DANGER_SAYS, locale, key, channel, {"what": "when"})
        if rules["follows"] not in said:
            yield Fault(Code.DANGER_SAYS, locale, key, channel, {"what": "follows"})
        if key.startswith(_DISCREET) and (found := re.search(rules["shows"], said)):
            yield Fault(Code.DANGER_SHOWS, locale, key, channel, {"word": found[0]})
        if key.startswith(_CHILD) and (signposts["childline"] not in said or signposts["samaritans"] in said):
            yield Fault(Code.DANGER_CHILD, locale, key, channel)

    def _by_sms(self, wording: Wording, locale: Locale, key: str) -> Iterator[Fault]:
        """What only a text message minds: its alphabet and its length."""
        channel = SMS if SMS in wording.tongues[locale].texts[key] else PLAIN
        alone = self.measure(self.sample.spoken(wording, locale, key, SMS))
        if is_house(locale) and alone.strange:
            yield Fault(Code.SIGNS, locale, key, channel, {"signs": alone.strange})
        cost = self._cost(wording, locale, key)
        if (most := self._most(locale, key)) and cost > most:
            yield Fault(Code.SEGMENTS, locale, key, channel, {"segments": cost, "most": most})
        if key == "first.story" and locale == ENGLISH and (worst := self._worst_first(wording)) > _ONE:
            yield Fault(Code.SEGMENTS, locale, key, channel, {"segments": worst, "most": _ONE})
        if key == "help" and is_house(locale):
            said = self.sample.spoken(wording, locale, key, SMS).text
            wanted = [*self.rules.help_words, self.rules.help_says]
            wanted += [self.script.signposts[name] for name in self.rules.help_signposts]
            yield from (Fault(Code.HELP_LACKS, locale, key, channel, {"words": words}) for words in wanted if words not in said)

    def _most(self, locale: Locale, key: str) -> int:
        """Segments, at most; 0: no budget of its own."""
        if not is_house(locale):
            return 0
        if own := self.rules.budgets.get(locale, {}).get(key):
            return own
        if key.startswith(_DANGER):
            return self.rules.danger_segments
        if key == "help":
            return self.rules.help_segments
        if key.startswith("first."):
            return _TWO
        return _ONE if key.startswith(self.rules.road) else 0

    def _worst_first(self, wording: Wording) -> int:
        """The first reply with the longest word for a reference and the longest day there can be."""
        values, calendar = self.sample.values(wording, ENGLISH, "first.story"), wording.tongues[ENGLISH].calendar
        day = calendar.day_form.format(weekday=max(calendar.weekdays, key=len), day=30, month=max(calendar.months, key=len))
        word = max(self.script.references.words, key=len)
        text = wording.tongues[ENGLISH].text("first.story", SMS).format(**{**values, "reference": f"{word} 482", "read_by": day})
        return self.measure(Spoken(text)).segments

    def _cost(self, wording: Wording, locale: Locale, keys: str) -> int:
        return self.measure(self.sample.spoken(wording, locale, keys, SMS, choices=self.sample.choices(keys))).segments

    def _talk(self, wording: Wording, locale: Locale) -> Iterator[Fault]:
        """A finished talk: first reply (a translation's with the line about the language), the longest useful question,
        both consents, the close. A young person is asked two questions fewer.
        """
        noticed = "" if is_house(locale) else "+language.noticed"
        most = self.script.max_segments if is_house(locale) else self.script.max_wide_segments

        def cost(keys: str) -> int:
            return self._cost(wording, locale, keys)

        try:
            first = max(cost(f"first.story{noticed}"), cost(f"first.young{noticed}") - _TWO)
            useful = max(cost(f"ask.{name}") for name in ("probe_good", "probe_bad", "probe_short", "where"))
            consents = cost("kept.more+ask.consent_words") + cost("noted.words_yes+ask.consent_changes")
            whole = first + useful + consents + cost("close.thanks")
        except (BadContent, ValueError, IndexError):
            return  # a text in it cannot be said: that is its own fault, and told there
        if whole > most:
            yield Fault(Code.TALK_LONG, locale, "first.story", values={"segments": whole, "most": most})

    def _understood(self, word: str, locale: Locale) -> bool:
        commands = self.script.commands
        return bool(commands.recognise(word, locale) or commands.phrase(word, locale))


def grade(text: str) -> float:
    """The reading grade by the Automated Readability Index; five more is the age. Numbers and names count as one letter."""
    plain = re.sub(r"https?://\S+|\b[A-Z]{2,}\b|\d[\d ]*", "x", text)
    sentences = max(1, len(re.findall(r"[.?:;](?:\s|$)", plain)))
    found = re.findall(r"[\w'\u2019]+", plain)
    letters = sum(len(word) for word in found)
    return 4.71 * letters / max(1, len(found)) + 0.5 * len(found) / sentences - 21.43


def _numbers(raw: str) -> tuple[list[str], bool]:
    """Which numbers to ring stand in a text, and whether it names the age up to which one of them is for."""
    return sorted(re.findall(r"\{(\w+)\}", raw)), _AGE in raw
