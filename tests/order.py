"""In which order the files of tests are dealt out: the longest first, or one worker waits at the end while the other works."""

from __future__ import annotations

from typing import Any

LONGEST = (
    "tests/chaos/test_kills.py",
    "tests/nlp/test_floors.py",
    "tests/demo/test_phones.py",
    "tests/demo/test_pages.py",
    "tests/demo/test_seeding.py",
    "tests/cli/test_erase.py",
    "tests/cli/test_tagger_kept.py",
    "tests/staff/test_browser.py",
    "tests/staff/test_words_browser.py",
    "tests/staff/test_files_browser.py",
    "tests/staff/test_people_browser.py",
    "tests/channels/test_pages_browser.py",
    "tests/channels/test_widget_signal.py",
    "tests/channels/test_widget_browser.py",
    "tests/channels/test_widget_looks.py",
    "tests/demo/test_command.py",
    "tests/cli/test_doctor.py",
    "tests/cli/test_running.py",
    "tests/nlp/test_put_aside.py",
    "tests/test_erased_everywhere.py",
    "tests/cli/test_analyse.py",
    "tests/test_media_killed.py",
    "tests/journeys/test_journeys.py",
    "tests/cli/test_doctor_model.py",
    "tests/bot/test_dialogue_properties.py",
)
"""Longest first, as `pytest --durations=0` tells; all others after them, in the order of their names."""

TOGETHER = {
    "tests/demo/test_pages.py": "tests/demo/test_phones.py",
    "tests/demo/test_seeding.py": "tests/demo/test_phones.py",
    "tests/nlp/test_danger_measured.py": "tests/nlp/test_floors.py",
}
"""These go to the same worker: they look at one demo, whose month takes long to play, or listen to the same messages."""

_PLACES = {file: place for place, file in enumerate(LONGEST)}


def place_of(test: str) -> int:
    """Of a test's file, by the test's id."""
    return _PLACES.get(test.partition("::")[0], len(LONGEST))


def in_order(config: Any, log: Any) -> Any:
    """xdist's own, that deals out whole files, but in our order: its own puts the fewest tests last, and these take longest."""
    from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped] # it ships no types

    class InOrder(LoadFileScheduling):  # type: ignore[misc] # as above
        def _split_scope(self, nodeid: str) -> str:
            file: str = super()._split_scope(nodeid)
            return TOGETHER.get(file, file)

    config.option.loadscopereorder = False
    return InOrder(config, log)
