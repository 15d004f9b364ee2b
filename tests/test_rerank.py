"""Reranking by a real cross-encoder: a tiny one, of random weights, that likes the passages it likes."""

from __future__ import annotations

from pathlib import Path

import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing
from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

from qa.cli import main
from qa.cli.options import ANSWERED, NOTHING
from qa.errors import EncoderError
from qa.evaluate.questions import Question
from qa.evaluate.run import ask
from qa.library import Library
from qa.query import make_query
from qa.rerank import READ, Reranker
from qa.search import search

QUESTION = "What does the agreement cover?"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    import torch

    folder = tmp_path_factory.mktemp("cross-encoder")
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "agreement", "المغرب", "الاتفاق", "اتفاق", "في", "على"]
    tokenizer = Tokenizer(WordLevel({piece: n for n, piece in enumerate(pieces)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", model_max_length=64
    ).save_pretrained(folder)
    torch.manual_seed(4)
    sizes = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    config = BertConfig(vocab_size=len(pieces), num_labels=1, initializer_range=1.0, **sizes)
    BertForSequenceClassification(config).save_pretrained(folder)
    return str(folder)


def test_what_it_thinks_decides_the_order_and_goes_to_the_sentences(seed_index: Path, model: str) -> None:
    library, rerank = Library(seed_index), Reranker(model)
    with library.view() as view:
        hits = search(make_query(QUESTION, library.encoder, view), view, limit=READ)
        anew = rerank(QUESTION, hits, view)
        assert rerank(QUESTION, [], view) == []
    before = {hit.passage.id: hit for hit in hits}
    assert {hit.passage.id for hit in anew} == {*before}
    assert [hit.passage.id for hit in anew] != [*before]
    gains = [hit.sentences[0] - before[hit.passage.id].sentences[0] for hit in anew]
    assert gains[0] == 0
    assert gains == sorted(gains, reverse=True)


def test_passages_beyond_those_read_stay_behind(
    seed_index: Path, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.rerank.READ", 2)
    library = Library(seed_index)
    with library.view() as view:
        hits = search(make_query(QUESTION, library.encoder, view), view, limit=5)
        anew = Reranker(model)(QUESTION, hits, view)
    assert {hit.passage.id for hit in anew[:2]} == {hit.passage.id for hit in hits[:2]}
    assert anew[2:] == hits[2:]


def test_commands_take_it(seed_index: Path, model: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "agreement", "--index", str(seed_index)]) == 0
    plain = capsys.readouterr().out
    assert main(["search", "agreement", "--rerank", model, "--index", str(seed_index)]) == 0
    assert capsys.readouterr().out != plain
    assert main(["ask", QUESTION, "--rerank", model, "--index", str(seed_index), "--json"]) in (ANSWERED, NOTHING)
    assert '"rerank"' in capsys.readouterr().out
    assert main(["ask", QUESTION, "--rerank", "/nowhere/at-all", "--index", str(seed_index)]) == 2
    assert "cannot load the model '/nowhere/at-all'" in capsys.readouterr().err


def test_it_is_measured(seed_index: Path, model: str) -> None:
    plain, reranked = Library(seed_index), Library(seed_index, rerank=model)
    with plain.view() as view:
        (article,) = {stored.article.id for stored in view.articles()}
    asked = [Question("q", QUESTION, frozenset({article}), ("حماية المعلومات",))]
    assert ask(asked, reranked).measures["recall@1"] == ask(asked, plain).measures["recall@1"] == 1.0


def test_a_folder_that_holds_no_model(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="cannot load the model"):
        Reranker(str(tmp_path))
