"""Where the commands find the file of words, changed a line at a time."""

from __future__ import annotations

from bot.wording_file import WordingFile as WordingFile  # noqa: PLC0414 - given on as it is
