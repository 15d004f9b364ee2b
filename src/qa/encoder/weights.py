"""The bundled model as a sentence-transformers folder, built once from its 4-bit file.

The folder is an ordinary one: Transformer, mean pooling, normalising, the prompts ``query: `` and
``passage: ``, 512 tokens. The tokenizer takes text that has been through the file's normalisation map,
since no normaliser of ``tokenizers`` works on single code points as the engine's does (``Precompiled``
drops a mark that follows a presentation form, ``NFKC`` composes across code points).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import save_file
from tokenizers import Regex, Tokenizer
from tokenizers.models import Unigram
from tokenizers.normalizers import Replace
from tokenizers.pre_tokenizers import Metaspace, Sequence, Split
from tokenizers.processors import TemplateProcessing

from . import Vectors
from .cache import unpacked
from .packed import PackedModel, Sizes, Vocabulary

# The normalisation map takes this character away.
_UNKNOWN = "\ufffd"


def cached_folder(model: PackedModel) -> Path:
    """The model's sentence-transformers folder in the user's cache. Raises ``OSError`` as ``unpacked`` does."""
    return unpacked(f"e5-small-{model.digest()}", lambda folder: write_folder(model, folder))


def write_folder(model: PackedModel, folder: Path) -> None:
    """Write the whole model into an existing, empty ``folder``, or raise ``OSError``."""
    vocabulary = model.vocabulary()
    (folder / "tokenizer.json").write_text(tokenizer(vocabulary).to_str(), encoding="utf-8")
    try:
        save_file(_named(model), folder / "model.safetensors", metadata={"format": "pt"})
    except SafetensorError as error:  # its name for a full disk
        raise OSError(str(error)) from error
    for name, content in _settings(model.sizes, vocabulary).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, ensure_ascii=False, indent=2), encoding="utf-8")


def tokenizer(vocabulary: Vocabulary) -> Tokenizer:
    """A tokenizer that gives the engine's tokens for normalised text.

    The engine gives each unknown character its own token, where ``Unigram`` makes one of a run of them, so
    they are split off beforehand. To the engine ``<s>`` in a text is a piece like others, but ``<unk>`` is
    five characters: here that piece has a name which no text can spell.
    """
    pieces = list(zip(vocabulary.pieces, vocabulary.scores, strict=True))
    pieces[vocabulary.unk] = (_UNKNOWN, 0.0)
    made = Tokenizer(Unigram(pieces, unk_id=vocabulary.unk, byte_fallback=False))
    made.normalizer = Replace(Regex(" {2,}"), " ")
    made.pre_tokenizer = Sequence(
        [
            Metaspace(replacement="▁", prepend_scheme="always", split=True),
            Split(Regex(f"[^{_classes(vocabulary.pieces)}]"), "isolated"),
        ]
    )
    bos, eos = vocabulary.pieces[vocabulary.bos], vocabulary.pieces[vocabulary.eos]
    made.post_processor = TemplateProcessing(
        single=f"{bos} $A {eos}", special_tokens=[(bos, vocabulary.bos), (eos, vocabulary.eos)]
    )
    return made


def _classes(pieces: tuple[str, ...]) -> str:
    """The inside of a character class: every character of the pieces, as ranges."""
    ranges: list[list[int]] = []
    for point in sorted(map(ord, set().union(*pieces))):
        if ranges and point == ranges[-1][1] + 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return "".join(f"\\x{{{first:x}}}-\\x{{{last:x}}}" for first, last in ranges)


_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDINGS = {
    "emb.word": "word_embeddings.weight",
    "emb.pos": "position_embeddings.weight",
    "emb.type": "token_type_embeddings.weight",
    "emb.ln.w": "LayerNorm.weight",
    "emb.ln.b": "LayerNorm.bias",
}


def _named(model: PackedModel) -> dict[str, Vectors]:
    """The tensors by the names and in the shapes of ``transformers.BertModel``."""
    hidden = model.sizes.hidden
    # BertModel has a pooler, which mean pooling leaves unused; absent weights would be announced as a fault.
    named = {
        "pooler.dense.weight": np.zeros((hidden, hidden), np.float32),
        "pooler.dense.bias": np.zeros(hidden, np.float32),
    }
    for name, weights in model.tensors().items():
        if name in _EMBEDDINGS:
            shape = (hidden,) if name.startswith("emb.ln") else (-1, hidden)
            named[f"embeddings.{_EMBEDDINGS[name]}"] = weights.reshape(shape)
        else:
            layer, part, kind = name.split(".")
            if kind == "w" and not part.endswith("ln"):
                weights = weights.reshape(model.sizes.inner if part == "fi" else hidden, -1)
            suffix = "weight" if kind == "w" else "bias"
            named[f"encoder.layer.{layer[1:]}.{_LAYER[part]}.{suffix}"] = weights
    return named


def _settings(sizes: Sizes, vocabulary: Vocabulary) -> dict[str, Any]:
    pieces = vocabulary.pieces
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_size": sizes.hidden,
            "num_hidden_layers": sizes.layers,
            "num_attention_heads": sizes.heads,
            "intermediate_size": sizes.inner,
            "vocab_size": sizes.vocabulary,
            "max_position_embeddings": sizes.positions,
            "type_vocab_size": sizes.types,
            "layer_norm_eps": sizes.epsilon,
            "hidden_act": "gelu",
            "pad_token_id": 0,
            "dtype": "float32",
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": sizes.positions,
            "model_input_names": ["input_ids", "attention_mask"],
            "bos_token": pieces[vocabulary.bos],
            "eos_token": pieces[vocabulary.eos],
            "pad_token": pieces[vocabulary.pad],
            "unk_token": _UNKNOWN,
            # an article about HTML or about models may well say "<s>"
            "split_special_tokens": True,
        },
        "sentence_bert_config.json": {"max_seq_length": sizes.positions, "do_lower_case": False},
        "config_sentence_transformers.json": {
            "prompts": {"query": "query: ", "document": "passage: ", "passage": "passage: "},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "modules.json": [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for i, (path, kind) in enumerate(
                [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
            )
        ],
        "1_Pooling/config.json": {"word_embedding_dimension": sizes.hidden, "pooling_mode_mean_tokens": True},
        "2_Normalize/config.json": {},
    }
