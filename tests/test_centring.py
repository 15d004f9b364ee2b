from __future__ import annotations

from collections.abc import Callable
from importlib import resources

import numpy as np
import pytest
from indexing import Listening

from qa.centring import LANGUAGES, ROLES, Background, background, compute_background, dim_of, surfaces
from qa.encoder import Encoder, Vectors
from qa.encoder.senses import encode_sentences, packed, unpacked
from qa.encoder.words import encode_words
from qa.language.script import language

# The same twelve events in both languages, two of each kind, so that each has one that is much like it.
ENGLISH = """\
The bridge over the river in Oslo was closed because of the floods.
The bridge over the river in Lima was opened by the president.
The port of Tokyo will get a second container terminal.
The port workers of Lima have ended their strike.
The airport of Vienna is closed at night because of the noise.
The airport of Rabat counted a million passengers this summer.
The metro of Cairo has a new line to the pyramids.
The metro of Tokyo raises its fares by ten percent.
The museum of Cairo shows a golden mask for the first time.
The museum of Oslo was robbed of three paintings at night.
The university of Rabat founded a school of medicine.
The university of Vienna lets students from abroad study free of charge.
""".splitlines()
ARABIC = """\
أُغلق الجسر فوق النهر في أوسلو بسبب الفيضانات.
افتتح الرئيس الجسر فوق النهر في ليما.
سيحصل ميناء طوكيو على محطة ثانية للحاويات.
أنهى عمال ميناء ليما إضرابهم.
يغلق مطار فيينا ليلا بسبب الضوضاء.
سجل مطار الرباط مليون مسافر هذا الصيف.
لمترو القاهرة خط جديد إلى الأهرامات.
يرفع مترو طوكيو أسعار تذاكره عشرة في المئة.
يعرض متحف القاهرة قناعا ذهبيا للمرة الأولى.
سُرقت ثلاث لوحات من متحف أوسلو ليلا.
أسست جامعة الرباط كلية للطب.
تتيح جامعة فيينا للطلاب الأجانب الدراسة مجانا.
""".splitlines()
QUESTIONS = {
    "en": """\
Why was the bridge closed?
Who opened the bridge?
What will the port get?
Which workers were on strike?
Why are there no flights at night?
How many passengers came by air?
Where does the new metro line go?
How much dearer is the metro?
What can be seen in the museum for the first time?
What was stolen from the museum?
Where can one study medicine?
Which students pay nothing?
""".splitlines(),
    "ar": """\
لماذا أغلق الجسر؟
من افتتح الجسر؟
على ماذا سيحصل الميناء؟
أي عمال كانوا في إضراب؟
لماذا لا توجد رحلات ليلا؟
كم مسافرا جاء جوا؟
إلى أين يصل خط المترو الجديد؟
كم زاد سعر المترو؟
ماذا يعرض في المتحف للمرة الأولى؟
ماذا سرق من المتحف؟
أين يمكن دراسة الطب؟
أي طلاب لا يدفعون شيئا؟
""".splitlines(),
}


@pytest.fixture(scope="module")
def listening(encoder: Encoder) -> Listening:
    return Listening(encoder)


@pytest.fixture(scope="module")
def everyday(listening: Listening) -> Background:
    return background(listening)


@pytest.fixture(scope="module")
def computed(listening: Listening) -> Background:
    return compute_background(listening)


def lines(name: str) -> list[str]:
    return resources.files("qa").joinpath("background", name).read_text("utf-8").splitlines()


@pytest.mark.parametrize("kind", ["questions", "passages"])
def test_there_is_as_much_of_each_language(kind: str) -> None:
    texts = {lang: lines(f"{kind}.{lang}.txt") for lang in LANGUAGES}
    assert len({len(some) for some in texts.values()}) == 1
    for lang, some in texts.items():
        assert all(language(line) == lang for line in some)
        assert len(set(some)) == len(some)


def test_what_is_shipped_is_what_the_bundled_encoder_computes(everyday: Background, computed: Background) -> None:
    assert set(everyday.means) == set(computed.means) == {(role, lang) for role in ROLES for lang in LANGUAGES}
    for place, mean in everyday.means.items():
        assert mean.shape == (dim_of(place[0], 384),)
        assert mean.dtype == np.float32
        # Those of questions were made with the model's 4-bit weights, and are as good (docs/quality.md).
        assert np.allclose(mean, computed.means[place], atol=6e-3 if place[0] == "question" else 1e-3)


def test_the_mean_is_over_all_texts_of_a_role_and_language(computed: Background, listening: Listening) -> None:
    for lang in LANGUAGES:
        questions, passages = lines(f"questions.{lang}.txt"), lines(f"passages.{lang}.txt")
        words = list(surfaces(questions + passages).values())
        assert len(words) > 100
        for role, vectors in (
            ("question", listening.encode_queries(questions)),
            ("passage", listening.encode_passages(passages)),
            ("word", encode_words(words)),
            ("question-sense", encode_sentences(questions)),
            ("sense", encode_sentences(passages)),
        ):
            assert np.allclose(computed.means[role, lang], vectors.mean(axis=0), atol=1e-6)


def test_another_encoder_gets_a_background_of_its_own(computed: Background, encoder: Encoder) -> None:
    means = background(Listening(encoder, dim=128)).means
    assert set(means) == set(computed.means)
    for place, mean in means.items():
        assert mean.shape == (dim_of(place[0], 128),)
        cut = computed.means[place][: len(mean)]
        assert mean @ cut / np.linalg.norm(mean) / np.linalg.norm(cut) > 0.999


def test_words_are_kept_as_first_written() -> None:
    assert surfaces(["The Bridges of 1990", "a bridge, A 2 bridges"]) == {"bridg": "Bridges"}
    assert surfaces(["محمّد ومحمد، والشَّارع شارع"]) == {"محمد": "محمد", "شارع": "شارع"}
    assert surfaces([]) == {}


def encoded(listening: Listening, role: str, texts: list[str]) -> Vectors:
    if role == "word":
        return encode_words(texts)
    return encode_sentences(texts) if role.endswith("sense") else listening.encode_passages(texts)


CENTRE: dict[str, Callable[[Background, Vectors, str], Vectors]] = {
    "question": Background.centre_questions,
    "passage": Background.centre_passages,
    "word": Background.centre_words,
    "question-sense": Background.centre_question_senses,
    "sense": lambda background, vectors, lang: background._centre(vectors, "sense", lang),
}

LEAST = {"word": 0.4, "question-sense": 0.25, "sense": 0.25}
"""How long the common part of other roles than those of the encoder is at least."""

LEFT = {"question-sense": 0.9, "sense": 0.9}
"""How much of it is still there in other texts: what these have in common is of less weight."""


@pytest.mark.parametrize("role", CENTRE)
@pytest.mark.parametrize("lang", [*LANGUAGES, "fr", "und"])
def test_centred_vectors_have_unit_length(everyday: Background, listening: Listening, role: str, lang: str) -> None:
    vectors = encoded(listening, role, ENGLISH + ARABIC)
    given = vectors.copy()
    centred = CENTRE[role](everyday, vectors, lang)
    assert centred.shape == vectors.shape
    assert centred.dtype == np.float32
    assert np.allclose(np.linalg.norm(centred, axis=1), 1, atol=1e-5)
    assert np.array_equal(vectors, given)


@pytest.mark.parametrize("role", CENTRE)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_common_is_taken_away(everyday: Background, listening: Listening, role: str, lang: str) -> None:
    common = everyday.means[role, lang]
    assert np.linalg.norm(common) > LEAST.get(role, 0.7)
    texts = ENGLISH if lang == "en" else ARABIC
    vectors = {
        "question": listening.encode_queries(QUESTIONS[lang]),
        "passage": listening.encode_passages(texts),
        "word": encode_words([*surfaces(texts).values()]),
        "question-sense": encode_sentences(QUESTIONS[lang]),
        "sense": encode_sentences(texts),
    }[role]
    before, after = (some.mean(axis=0) for some in (vectors, CENTRE[role](everyday, vectors, lang)))
    assert np.linalg.norm(after) < LEFT.get(role, 0.6) * np.linalg.norm(before)
    apart = np.eye(3, len(common), dtype=np.float32)
    assert np.allclose(CENTRE[role](everyday, common + 0.5 * apart, lang), apart, atol=1e-5)


@pytest.mark.parametrize("role", CENTRE)
def test_another_language_is_centred_by_all(everyday: Background, listening: Listening, role: str) -> None:
    vectors = encoded(listening, role, ENGLISH)
    rest = vectors - (everyday.means[role, "ar"] + everyday.means[role, "en"]) / 2
    expected = rest / np.linalg.norm(rest, axis=1, keepdims=True)
    assert np.allclose(CENTRE[role](everyday, vectors, "fr"), expected, atol=1e-5)


def test_the_common_part_itself_gives_no_nonsense(everyday: Background) -> None:
    common = everyday.means["passage", "en"][None, :]
    assert np.isfinite(everyday.centre_passages(common, "en")).all()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_question_finds_what_answers_it_in_both_languages(
    everyday: Background, listening: Listening, lang: str
) -> None:
    """The two that answer it come first, and not, as without centring, others in the question's language."""
    questions = listening.encode_queries(QUESTIONS[lang])
    passages = {"en": listening.encode_passages(ENGLISH), "ar": listening.encode_passages(ARABIC)}

    def both_first(questions: Vectors, passages: dict[str, Vectors]) -> int:
        scores = np.concatenate([questions @ passages["en"].T, questions @ passages["ar"].T], axis=1)
        best = np.argsort(-scores, axis=1)[:, :2] % len(ENGLISH)
        return sum({*pair} == {n} for n, pair in enumerate(best.tolist()))

    plain = both_first(questions, passages)
    centred = both_first(
        everyday.centre_questions(questions, lang),
        {other: everyday.centre_passages(vectors, other) for other, vectors in passages.items()},
    )
    assert centred >= max(plain, 8)


@pytest.mark.parametrize("lang", ["ar", "en", "und"])
def test_cosines_are_those_of_what_is_centred(everyday: Background, lang: str) -> None:
    draw = np.random.default_rng(3)
    vectors = draw.normal(size=(40, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    centred = everyday._centre(vectors, "sentence", lang)
    assert everyday.sentence_cosines(vectors, centred[0], lang) == pytest.approx(centred @ centred[0], abs=1e-5)
    senses = packed(encode_sentences([*ENGLISH, *ARABIC]))
    centred = everyday._centre(unpacked(senses), "sense", lang)
    assert everyday.sense_cosines(senses, centred[0], lang) == pytest.approx(centred @ centred[0], abs=1e-5)
