"""In which order the files of tests are dealt out: the longest first, or one worker waits at the end while the other works."""

from __future__ import annotations

from typing import Any

LONGEST = (
    "tests/chaos/test_kills.py",
    "tests/demo/test_phones.py",
    "tests/demo/test_pages.py",
    "tests/demo/test_seeding.py",
    "tests/nlp/test_floors.py",
    "tests/channels/test_widget_signal.py",
    "tests/channels/test_pages_browser.py",
    "tests/staff/test_browser.py",
    "tests/staff/test_browser_everywhere.py",
    "tests/journeys/test_journeys.py",
    "tests/channels/test_widget_browser.py",
    "tests/staff/test_review_browser.py",
    "tests/channels/test_widget_looks.py",
    "tests/demo/test_command.py",
    "tests/staff/test_door_browser.py",
    "tests/cli/test_analyse.py",
    "tests/cli/test_tagger_kept.py",
    "tests/cli/test_tagger.py",
    "tests/staff/test_files_browser.py",
    "tests/cli/test_running.py",
    "tests/house/test_imports.py",
    "tests/bot/test_holding.py",
    "tests/staff/test_words_browser.py",
    "tests/bot/test_worker.py",
    "tests/staff/test_people_browser.py",
    "tests/test_erased_everywhere.py",
    "tests/staff/test_hold.py",
    "tests/staff/test_with_the_store.py",
    "tests/nlp/test_name_evaluation.py",
    "tests/staff/test_names_browser.py",
    "tests/storage/test_inbox.py",
    "tests/storage/test_search.py",
    "tests/storage/test_migrations.py",
    "tests/test_wall_everywhere.py",
    "tests/cli/test_erase.py",
    "tests/cli/test_doctor.py",
    "tests/bot/test_dialogue_properties.py",
    "tests/bot/test_linking.py",
    "tests/channels/test_stop_by_channel.py",
    "tests/nlp/test_listener.py",
    "tests/nlp/test_put_aside.py",
    "tests/test_media_killed.py",
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
