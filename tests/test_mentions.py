"""Times, amounts, people and places, as prose in both languages names them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qa.language.amounts import amounts
from qa.language.names import people, places
from qa.language.spans import Span
from qa.language.times import times


def found(mentions: Callable[[str], list[Span]], text: str) -> list[str]:
    return [text[start:end] for start, end in mentions(text)]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("The bridge reopened on 12 March 2019 after 1,200 days.", ["12 March 2019"]),
        ("It closed in 1987, and on Tuesday night again.", ["1987", "Tuesday night"]),
        (
            "Built in the 19th century, late 1990s or early in 2003.",
            ["19th century", "late 1990s", "early in 2003"],
        ),
        ("In May he may march in March 2018.", ["May", "March 2018"]),
        ("It opens at 10:30 a.m., or at three o'clock.", ["10:30 a.m.", "three o'clock"]),
        ("From 480 BC to AD 70.", ["480 BC", "AD 70"]),
        ("On July 4, on 4 July, on the 5th of August 1914.", ["July 4", "4 July", "5th of August 1914"]),
        ("Last year 12345 of 2,019 paid $2019.", []),
        ("واستأنف البلدان علاقاتهما أواخر 2020 ليكون الرابع", ["أواخر 2020"]),
        ("وقّع البلدان، الأربعاء، اتفاقاً", ["الأربعاء"]),
        ("في القرن التاسع عشر وفي عام 622", ["القرن التاسع عشر", "عام 622"]),
        ("اتفاقات عام 1993 والانتفاضة التي انطلقت سنة ٢٠٠٠", ["عام 1993", "سنة ٢٠٠٠"]),
        ("زارها في 24 نوفمبر 2021 وفي يونيو وخلال شهر آب", ["24 نوفمبر 2021", "يونيو", "شهر آب"]),
        ("يوم الأحد أو مساء الخميس أو الساعة الثالثة", ["يوم الأحد", "مساء الخميس", "الساعة الثالثة"]),
        ("بين 480 ق.م. وسنة 1400 هـ", ["480 ق.م.", "وسنة 1400 هـ"]),
        ("مارس الرياضة أحد عشر لاعباً", []),
    ],
)
def test_times(text: str, named: list[str]) -> None:
    assert found(times, text) == named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("It cost 4.8 million euros, a third more.", ["4.8 million euros", "third"]),
        ("Three mountain roads and twenty-five people.", ["Three", "twenty-five people"]),
        ("$3.5 billion, or 40% (then 41 %) of it.", ["$3.5 billion", "40%", "41 %"]),
        ("They won 5-2.", ["5-2"]),
        ("Fifty-two percent of one village.", ["Fifty-two percent"]),
        ("Apollo11 flew.", []),
        ("وبلغت الكلفة 4.8 مليون يورو، أي بزيادة الثلث", ["4.8 مليون يورو", "الثلث"]),
        ("خمسة وعشرون ألف شخص", ["خمسة وعشرون ألف شخص"]),
        ("بعد أربعين دقيقة وثلاثة أيام", ["أربعين دقيقة", "وثلاثة أيام"]),
        ("بنسبة 40 بالمئة ثم ٣٫٥٪", ["40 بالمئة", "٣٫٥٪"]),
        ("وافتتح المهرجان في المدينة القديمة", []),
    ],
)
def test_amounts(text: str, named: list[str]) -> None:
    assert found(amounts, text) == named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("The engineer Nora Lind led the work.", ["Nora Lind"]),
        (
            "Charles III of Spain met King Mohammed VI on Monday in Paris.",
            ["Charles III of Spain", "King Mohammed VI"],
        ),
        ("Heavy snow closed the road. Divers found Benny Gantz.", ["Benny Gantz"]),
        ("“Nobody knows,” said the Moroccan minister in March.", []),
        ("The UN and WHO said so.", ["UN", "WHO"]),
        ("In Rabat, Gantz agreed.", ["Gantz"]),
        ("The bakery is Jean-Luc O’Neill's.", ["Jean-Luc O’Neill's"]),
        ("وقال وزير الدفاع الإسرائيلي بيني جانتس إلى المملكة", ["بيني جانتس"]),
        ("الوزير المنتدب المكلف بإدارة الدفاع المغربي عبد اللطيف لوديي، التعاون", ["عبد اللطيف لوديي"]),
        ("من طرف المفتش العام للقوات المسلحة الملكية الجنرال فاروق بلخير. ونوه", ["فاروق بلخير"]),
        ("استقبل وزير الخارجية المغربي ناصر بوريطة وزير الدفاع", ["ناصر بوريطة"]),
        ("لكن الملك محمد السادس، الذي يرأس لجنة القدس", ["محمد السادس"]),
        ("قال عبد الفتاح السيسي إن محمد بن سلمان حضر", ["عبد الفتاح السيسي", "محمد بن سلمان"]),
        ("وقال الوزير إن الاتفاق مهم", []),
        ("رئيس الحكومة يلقي خطاباً", []),
        ("حصل على جائزة", []),
    ],
)
def test_people(text: str, named: list[str]) -> None:
    assert found(people, text) == named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("He lives in Rabat and the United States.", ["Rabat", "United States"]),
        ("It stood near the Lenn in March, on a Monday.", ["Lenn"]),
        ("We ate turkey with rice.", []),
        ("خلال استقباله في مقر الوزارة بالرباط", ["بالرباط"]),
        ("الولايات المتحدة الأميركية والإمارات", ["الولايات المتحدة", "والإمارات"]),
        ("فوق نهر اللين في مدينة فاس القديمة", ["نهر اللين", "مدينة فاس"]),
        ("عقد الاجتماع أمس", []),
    ],
)
def test_places(text: str, named: list[str]) -> None:
    assert found(places, text) == named


@pytest.mark.parametrize("mentions", [times, amounts, people, places])
@pytest.mark.parametrize(
    "text", ["", " ", "؟", "ء", "ـ ء ـ", "…" * 9, "ا" * 999, "A " * 999, "1 " * 999, "في 2020 " * 200]
)
def test_spans_lie_within_the_text_in_order_and_apart(mentions: Callable[[str], list[Span]], text: str) -> None:
    ends = [end for span in mentions(text) for end in span]
    assert ends == sorted(ends)
    assert all(0 <= end <= len(text) for end in ends)
    assert all(start < end for start, end in mentions(text))
