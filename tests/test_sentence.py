from __future__ import annotations

import pytest

from qa.passage import split_sentences

# Each sentence on its own line; they are joined by a space before they are split again.
PARAGRAPHS = {
    "two plain ones": "The treaty was signed on Monday.\nIt takes effect next year.",
    "question": "Who will pay?\nNobody knows.",
    "exclamation and more": "Stop!!\nNobody moved?!\nThen it began.",
    "closing quotes": 'He said: "We won."\nThe crowd cheered.',
    "full stop after the quote": 'He called it "a new start".\nOthers disagreed.',
    "curly quotes": "She said: “It is over.”\nThen she left.",
    "bracketed sentence": "They lost.\n(It was close.)\nA rematch is planned.",
    "titles": "Mr. Smith met Dr. Jones and Gen. Lee at St. Mary's.\nThey spoke briefly.",
    "initials": "J. K. Rowling and George W. Bush attended.\nThe Pope did not.",
    "US before a name": "The U.S. Army denied it.\nThe U.N. Security Council met.",
    "US at the end": "He returned to the U.S.\nThe president stayed abroad.",
    "e.g. and i.e.": "Some fruit, e.g. Apples, rotted, i.e. Nothing was left.\nPrices rose.",
    "company": "Apple Inc. Chief Tim Cook spoke.\nShares rose.",
    "company at the end": "He founded Acme Inc.\nIt failed.",
    "time of day": "The talks ended at 5 p.m. Monday.\nThey resume at 9 a.m.\nThe mood is good.",
    "months": "On Jan. 5 and Sept. 12 it rained.\nIt was cold.",
    "number": "The house at No. 10 was empty.\nPolice came.",
    "no as a word": "Did he agree?\nNo.\nHe refused.",
    "versus": "It was Smith vs. Jones again.\nJones won.",
    "decimals": "Growth was 3.5 percent, or 1,200.50 dollars.\nInflation fell.",
    "year at the end": "It ended in 2021.\n35 people had died.",
    "date": "It was signed on 24.11.2021 in Rabat.\nMore followed.",
    "web and mail": "See https://example.com/a.b?c=D and www.example.org or mail a.b@example.com.\nThanks.",
    "version": "Python 3.11.2 is out.\nIt is faster.",
    "ellipsis goes on": "He waited... and waited.\nNobody came.",
    "ellipsis ends": "He waited...\nNobody came.",
    "one-character ellipsis": "He waited…\nNobody came.",
    "removed words": "The report [...] was never published.\nNobody asked.",
    "lower case follows": 'The firm "Yahoo!" was sold.\n"Why?" he asked.',
    "small word": "The price per kg. is high.\nIt will fall.",
    "quotation of several": 'He said: "We came. We saw. We won."\nThen he left.\nThe end.',
    "inch mark": 'The screen measures 5" across.\nIt is bright.\nHe said "no" twice.',
    "footnote": "It was founded in 1920.[12]\nIt grew.",
    "doctorate": "She holds a Ph.D. from Cairo.\nShe teaches.",
    "list label": "1. The first point is clear.\nThe second is not.",
    "colon": "One thing is sure: Nobody knows.\nWe wait.",
    "comma after": "Apples, pears, etc., were sold.\nAll went.",
    "نقطتان": "وقّع البلدان الاتفاق.\nويسري العام المقبل.",
    "استفهام": "من سيدفع الثمن؟\nلا أحد يعلم.",
    "تعجب": "يا له من يوم!\nلن ننساه.",
    "نقطة أردية": "یہ پہلا جملہ ہے۔\nیہ دوسرا ہے۔",
    "فاصلة وفاصلة منقوطة": "جاء الوزير، ثم غادر؛ لأن الاجتماع أُلغي.\nولم يعلّق.",
    "نقطة بعد علامة التنصيص": 'وصفه بأنه "خطوة تاريخية".\nوأشاد به آخرون.',
    "نقطة داخل التنصيص": 'قال: "انتهى الأمر."\nثم غادر.',
    "قوسان مزدوجان": "قال: «انتهى الأمر».\nثم غادر.",
    "قوسان بمسافة": "قال: « انتهى الأمر. »\nثم غادر.",
    "اقتباس من جملتين": 'وأضاف: "نشكر الجميع على العمل. لقد كان يوماً مهماً".\nوانتهى اللقاء.',
    "اقتباس بعد حرف": 'وصفه بـ"غير المسبوق. وهو كذلك"، بحسب البيان.\nولم يزد.',
    "ألقاب": "التقى د. محمد علي و أ. سامي حسن م. خالد عمر.\nوناقشوا الخطة.",
    "أ.د.": "ألقى أ.د. محمود شوقي كلمة.\nوصفق الحضور.",
    "قبل الميلاد": "توفي سنة 323 ق.م. في بابل.\nوخلفه قادته.",
    "ميلادي في النهاية": "تأسست سنة 1299م.\nوسقطت سنة 1922 م.\nثم قامت الجمهورية.",
    "هجري في النهاية": "توفي في مصر سنة 204 هـ.\nودفن فيها.",
    "هـ قبل اسم": "كتب هـ. ويلز الرواية.\nونالت شهرة.",
    "كسور": "بلغ النمو ٣٫٥ في المئة أو 3.5%.\nوهبط التضخم.",
    "تاريخ": "وقع الحادث في 24.11.2021 صباحاً.\nوفتح تحقيق.",
    "تنوين قبل الألف": "كان صحفيًا سابقًا.\nثم صار كاتبًا.",
    "نقاط حذف": "انتظر طويلاً...\nولم يأت أحد.",
    "نقطتان متجاورتان": "الوزير يستقيل.. والحكومة تنفي.\nولا تعليق.",
    "علامة تعجب بين قوسين": "قال إنه فاز (!) بالأغلبية.\nولم يصدقه أحد.",
    "حذف بين معقوفين": "إن الاتفاق [...] مهم جداً.\nووافق الجميع.",
    "سؤال تتبعه فاصلة": "سأل: هل انتهى؟، فقيل له نعم.\nفسكت.",
    "اسم لاتيني": "أعلنت شركة Apple Inc. الأميركية ذلك.\nوارتفع السهم.",
    "موقع": "نشر موقع bbc.com/arabic الخبر.\nونفته الوزارة.",
    "عدد ثم جملة": "بلغ عدد القتلى 35.\nوأصيب عشرات.",
    "لغتان": "قال ترامب: I love it.\nثم غادر.\nThe end came soon.",
    "وجه في النهاية": "تهانينا!\nفزنا بالكأس! 🎉🎉",
    "علامة اتجاه": "انتهى اللقاء.\u200f\nوغادر الوفد.\u200f",
    "علامة بعد لقب": "حضر د.\u200f محمد اللقاء.\nوتكلم.",
}


@pytest.mark.parametrize("expected", PARAGRAPHS.values(), ids=PARAGRAPHS)
def test_real_sentences(expected: str) -> None:
    text = expected.replace("\n", " ")
    assert [text[start:end] for start, end in split_sentences(text)] == expected.split("\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The treaty was\nsigned. It\nholds.", ["The treaty was\nsigned.", "It\nholds."]),
        ("It ended.\nIt began.", ["It ended.", "It began."]),
        ("A heading\n\nA sentence.", ["A heading", "A sentence."]),
        ("A heading\n \t\nA sentence.", ["A heading", "A sentence."]),
        ("A heading\r\n\r\nA line\r\nmore.", ["A heading", "A line\r\nmore."]),
        ("One\u2029Two", ["One", "Two"]),
        ("Results:\n1. Rabat won.\n2. Cairo lost.", ["Results:\n1. Rabat won.", "2. Cairo lost."]),
        ("انتهى العالم.يسمى ذلك", ["انتهى العالم.", "يسمى ذلك"]),
        ("هل انتهى؟نعم", ["هل انتهى؟", "نعم"]),
        ("ط.و. رقم", ["ط.و. رقم"]),
        ("終わった。始まった。", ["終わった。", "始まった。"]),
        ("पुल खुला। मरम्मत पूरी हुई।", ["पुल खुला।", "मरम्मत पूरी हुई।"]),
        (
            'He said "we came. Then "we saw" and left. It was over.',
            ['He said "we came.', 'Then "we saw" and left.', "It was over."],
        ),
        ("« انتهى. ثم بدأ. » وغادر. وعاد.", ["« انتهى. ثم بدأ. »", "وغادر.", "وعاد."]),
        ("“He said «no. Never». Not now.” It was over.", ["“He said «no. Never». Not now.”", "It was over."]),
        ("", []),
        (" \n\n\t ", []),
        ("...", ["..."]),
        ("?! ... !", ["?! ... !"]),
        ("😀 😀", ["😀 😀"]),
        ("*** Over. ***", ["*** Over. ***"]),
        ("a\0b. C", ["a\0b.", "C"]),
        ("\ud800. Then", ["\ud800. Then"]),
    ],
)
def test_lines_and_oddities(text: str, expected: list[str]) -> None:
    got = [text[start:end] for start, end in split_sentences(text)]
    assert got == expected


def test_a_long_quotation_is_parted_again() -> None:
    sentence = "We shall go on to the end, whatever the cost may be to us."
    text = f'He said: "{" ".join([sentence] * 9)}" Then he sat down.'
    assert len(split_sentences(text)) == 10


def test_a_quotation_that_never_closes_hides_only_itself() -> None:
    text = 'He began: "We are late. The rest is gone. She said «no. Never» and left. It was over.'
    got = [text[start:end] for start, end in split_sentences(text)]
    assert got == ['He began: "We are late.', "The rest is gone.", "She said «no. Never» and left.", "It was over."]
