"""Arrays and text in one ``.npz`` file, as what was learnt is kept: no pickle, so reading a file runs nothing."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from bot.errors import BadContent

Arrays = Mapping[str, NDArray[Any]]


def packed(arrays: Arrays) -> bytes:
    """The file."""
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **arrays)
    return file.getvalue()


def unpacked(data: bytes, what: str) -> dict[str, NDArray[Any]]:
    """The arrays of a file. Raises ``BadContent``, which says that it is not ``what`` it should be."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            return dict(file)
    except (ValueError, KeyError, OSError, EOFError, BadZipFile) as error:
        raise BadContent(f"This is not {what}, or it is damaged: {error}") from error


def text_array(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode(), np.uint8)


def array_text(array: NDArray[Any]) -> str:
    return array.tobytes().decode()
