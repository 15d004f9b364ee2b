"""The rules that know page furniture when they see it, in Arabic and English: one small predicate each.

Rules see folded lines (`qa.readers.lines.fold`), never one longer than `LONGEST_CLUTTER`, and only where
their place in `RULES` lets them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from qa.language.dates import find_date
from qa.readers.lines import Line, fold, spell

Where = Literal["anywhere", "edges", "top"]


@dataclass(frozen=True, slots=True)
class Rule:
    """``edges`` is before the first and after the last prose; ``sentences``: may take a full sentence too."""

    name: str
    matches: Callable[[Line], bool]
    where: Where = "anywhere"
    sentences: bool = False


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(spell(text))


def _words(text: str) -> frozenset[str]:
    return frozenset(fold(text).split())


# Page furniture -------------------------------------------------------------------------------------------

_WIDGETS = _pattern(
    r"[\W_]*(?:advert(?:isement|ising)?|ads?|sponsored(?: content)?|promoted|إعلان(?:ات)?|إعلان ممول|محتوى ممول"
    r"|(?:story|article) continues below(?: advertisement)?|continue reading|skip (?:to (?:main )?content|ad)"
    r"|listen to (?:this|the) (?:article|story)|(?:leave a |view |\d+ )?comments?|back to top|menu"
    r"|استمع (?:إلى ال|لل)(?:مقال|خبر|مقالة)|اترك تعليقا|أضف تعليقا|(?:ال)?تعليقات|القائمة"
    r"|click here(?: to| for)?.{0,60}|اضغط هنا.{0,60}|accept(?: all)?(?: cookies)?|تابع القراءة"
    r"|live|breaking(?: news)?|عاجل|(?:بث )?مباشر|view (?:image|photo|gallery)(?: in full ?screen)?"
    r"|(?:skip past|after) newsletter promotion|(?:free )?(?:daily|weekly|monthly) newsletter"
    r"|reuse this content)[\W\d_]*"
)
# What a page offers to do, or to see elsewhere; always the whole line.
_OFFERS = _pattern(
    r"[\W_]*(?:(?:jump|go) to comments|(?:sign|log) in to comment|report (?:a|an) (?:typo|mistake|error)"
    r"|e-?mail this"
    r"|(?:read|up) next|leave a reply|editor'?s'? picks?|terms (?:of (?:use|service)|and conditions)"
    r"|download (?:our|the) app|notifications|trending(?: now)?|newsletters?"
    r"|(?:previous|next) (?:article|post|story)"
    r"|(?:show|load|see|explore|discover) more(?: (?:comments|stories|articles|on .{1,30}))?|text size|(?:a ?){3}"
    r"|don't miss|(?:share|post|tell us) your (?:thoughts|comments?|view)s?\b.{0,40}"
    r"|get (?:our|the) .{0,20}newsletter"
    r"|(?:photos?|images?|slides?)\W*\d+ (?:of|/) \d+|posted by \w+|print this(?: page)?"
    r"|انتقل إلى التعليقات|(?:سجل|تسجيل) الدخول(?: للتعليق)?|أبلغ عن (?:خطأ|مشكلة)"
    r"|أرسل (?:بال|عبر ال)بريد(?: الإلكتروني)?"
    r"|اترك ردا|مختارات المحرر|شروط الاستخدام|حمل تطبيقنا|(?:ال)?إشعارات|الأكثر تداولا|النشرة البريدية"
    r"|(?:المقال|المقالة|الخبر|الموضوع) (?:السابقة?|التالية?)|(?:عرض|تحميل|اكتشف|اعرض) المزيد(?: من .{1,30})?"
    r"|عرض (?:ال)?(?:تعليقات|صورة.{0,20})|احفظ (?:المقال|الخبر)|(?:العودة|عودة) إلى (?:ال)?أعلى|لا يفوتك|حجم الخط"
    r"|(?:ع ?){3}|شارك(?:نا|ونا)? رأيك(?:م)?\b.{0,40}|يتبع بعد الإعلان|صور\W*\d+ (?:من|/) \d+"
    r"|أضيف بواسطة [^\W\d_]+|\d+ تعليق(?:ات)?"
    r")[\W_]*"
)
_NOTICES = _pattern(
    r"your e-?mail address will not be published.*|disclaimer\s*:.*|إخلاء مسؤولية\s*:.*|لن يتم نشر عنوان بريدك.*"
    r"|this (?:story|article|post) (?:has been|was) (?:updated|(?:first |originally )?published).{0,80}"
    r"|(?:تم تحديث|نشرت?) هذ[اه] (?:المقال|المقالة|الخبر)(?: (?:أول مرة|بتاريخ|في)\b.{0,60})?\.?"
    r"|for more (?:stories|news)\b.{0,40}\bvisit\b.{0,40}|لمزيد من (?:الأخبار|المقالات)\b.{0,60}"
    r"|contact the (?:reporter|author|writer)\b.{0,60}|للتواصل مع (?:المراسل|الكاتب|المحرر)ة?\b.{0,60}"
    r"|follow the (?:reporter|author|writer)\b.{0,60}|تابع(?:وا)? (?:الكاتب|المراسل|المحرر)ة? على\b.{0,60}"
)
_LEGAL = _words(
    "about us contact privacy policy terms careers advertise من نحن اتصل بنا سياسة الخصوصية الشروط أعلن معنا"
)
_SECTION = _pattern(
    r"(?:news|world|politics|business|economy|sports?|culture|arts|science|nature|environment|weather|health"
    r"|technology|opinion|education|travel|food|local|lifestyle|entertainment"
    r"|(?:ال)?(?:أخبار|عالم|سياسة|اقتصاد|رياضة|ثقافة|فنون|علوم|طبيعة|بيئة|طقس|صحة|تكنولوجيا|تقنية|رأي|آراء|تعليم|سفر"
    r"|محليات|منوعات|مجتمع))"
)
_SUBSCRIBE = _pattern(
    r"(?:subscribe|sign up|register)\b.*\b(?:newsletters?|mailing list|inbox|channel|alerts|notifications)\b"
    r"|save (?:this|articles?) (?:to read|for) later\b"
    r"|(?:follow|find|like|join) (?:us|our (?:channel|group|page))\b"
    r"|(?:اشترك|انضم|سجل)(?:وا)?\b.*(?:نشرتنا|النشرة|قناتنا|القناة|قناة|بريدك|الإشعارات|واتساب|تيليجرام)"
    r"|(?:تابعنا|تابعونا)\b|تابع(?:وا)? (?:صفحتنا|قناتنا|حسابنا)\b|حمل(?:وا)? تطبيق"
)
_COOKIES = _pattern(
    r"(?:we|this (?:web)?site|our (?:web)?site|by (?:continuing|using|clicking))\b.*\bcookies\b"
    r"|(?:[^\"“”«»]*[.!] )?we (?:value|respect|care about) your privacy\b[^\"“”«»]*$|privacy (?:notice|policy)\s*:"
    r"|(?:نستخدم|يستخدم (?:هذا )?(?:الموقع|موقعنا))\b.*(?:ملفات تعريف الارتباط|الكوكيز|كوكيز)"
)
_COPYRIGHT = _pattern(
    r"(?:©|\(c\)|copyright\W*(?:©|\(c\)|\d{4})).*|.*\ball rights reserved\b.*"
    r"|.*(?:جميع|كل|كافة) الحقوق محفوظة.*|حقوق (?:النشر|الطبع)\W*(?:محفوظة|\d{4}|©).*"
)
_BAR = re.compile(r"\s*[|•·›»]\s*")
_CRUMBS = _pattern(r"(?:home|الرئيسية)\s*[>»›/|«<←→].*")
_LINKS = _pattern(r"(?:[^\W\d_]+(?: [^\W\d_]+)?\s*:\s*)?(?:(?:https?://|www\.)\S+\s*)+")
_TAGS = _pattern(
    r"[\W_]*(?:tags?|keywords?|filed under|categor(?:y|ies)|(?:ال)?كلمات (?:ال)?(?:مفتاحية|دالة|دلالية)|(?:ال)?وسوم"
    r"|(?:ال)?تصنيف(?:ات)?)\s*:.*|(?:#\S+\s*)+"
)
_SOURCE = _pattern(r"(?:sources?|المصدر|المصادر|نقلا عن)\s*:.{0,60}")

_NETWORKS = _words(
    "facebook twitter whatsapp telegram linkedin pinterest reddit messenger instagram viber tumblr bluesky"
    " فيسبوك فيس بوك تويتر واتساب واتس آب تيليغرام تلغرام تيليجرام تلجرام لينكدإن لينكد إن ماسنجر بينتيريست"
)
_SHARE = _words(
    "share tweet copy print pin شارك شاركها شاركه شاركنا شاركوا مشاركة المشاركة غرد انسخ نسخ طباعة اطبع"
)
_SHARE_TOO = _words(
    "x on to by with via the this article story post page interview report video link email mail e save send and or"
    " الرابط رابط أرسل إرسال بريد البريد إلكتروني الإلكتروني حفظ عبر على في إلى هذا هذه المقال المقالة الخبر"
    " الموضوع الصفحة الحوار التقرير الفيديو إكس مع أو و"
)


_LINK_TARGET = re.compile(r"(?<=\])\([^()]*\)")


def _is_menu(line: Line) -> bool:
    """Sections side by side: News | Opinion | Sport, or News|Europe. The row of a table begins with its bar."""
    parts = _BAR.split(line.folded)
    few = all(0 < len(part.split()) <= 3 for part in parts)
    return few and (len(parts) > 2 or re.fullmatch(r"[^\W\d_]+\|[^\W\d_]+", line.folded) is not None)


def _is_share_bar(line: Line) -> bool:
    words = set(Line(0, "", 0, _LINK_TARGET.sub("", line.folded)).words)
    networks = words & _NETWORKS
    return (len(networks) > 1 or not words.isdisjoint(_SHARE)) and words <= _NETWORKS | _SHARE | _SHARE_TOO


def _is_legal_menu(line: Line) -> bool:
    """The links at a page's foot: About us | Contact | Privacy."""
    return len(_BAR.split(line.folded)) > 1 and set(line.words) <= _LEGAL


_READ = _words("read reading قراءة القراءة للقراءة قراءته لقراءة")
_MINUTES = _words("min mins minute minutes دقيقة دقائق دقيقتان دقيقتين الدقائق")
_READ_TOO = _words(
    "time icon estimated approximate approx approximately about average less than more a one to it of"
    " مدة وقت زمن المدة الوقت المقدر المقدرة المتوقع تقريبا حوالي نحو أقل من المقال المقالة الخبر هذا هذه"
)

_OF_READING = _READ | _MINUTES | _READ_TOO


def _is_reading_time(line: Line) -> bool:
    words = {word for word in line.words if not word.isdecimal()}
    return not (words.isdisjoint(_READ) or words.isdisjoint(_MINUTES)) and words <= _OF_READING


# Dates and names above the text ---------------------------------------------------------------------------

_PUBLISHED = _words("published updated posted modified publication update نشر النشر نشرت تحديث التحديث حدث المنشور")
_DATED = _words(
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun"
    " الاثنين الإثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد"
    " am pm a m p gmt utc est edt et pst pdt cet bst z t h time local date at on last first ago just now"
    " hours hour minutes minute min mins days day weeks week yesterday today o'clock and"
    " ص م صباحا مساء الساعة ساعة ساعات ساعتين بتوقيت غرينتش جرينتش مكة القاهرة الرباط بغداد بيروت المحلي"
    " التوقيت في يوم اليوم أمس منذ قبل دقيقة دقائق دقيقتين أيام يومين أسبوع أسابيع آخر أول"
    " تاريخ بتاريخ تم هذا هذه المقال الخبر الموافق"
)
_PUBLISHED_ON = _pattern(
    r"\W*(?:(?:last |first )?(?:published|updated|posted|modified)|(?:تم )?(?:ال)?(?:نشر|تحديث)(?:ت|ه|ها)?"
    r"|(?:تاريخ|آخر) (?:ال)?(?:نشر|تحديث))\s*(?:[:|]|(?:on|at|in|في|بتاريخ|يوم)\b).{0,80}"
)


_TIME = _pattern(r"\d{1,2}[:.]\d{2}(?: ?(?:[ap]\.?m\.?|صباحا|مساء|ص|م|gmt|utc))*")


def _is_published(line: Line) -> bool:
    """A line that says when the page was published or updated."""
    words = line.words
    timed = any(word.isdecimal() for word in words) or not {"ago", "منذ", "قبل"}.isdisjoint(words)
    if timed and not _PUBLISHED.isdisjoint(words) and _is_dated(line, _DATED | _PUBLISHED):
        return True
    return _PUBLISHED_ON.fullmatch(line.folded) is not None and find_date(line.folded) is not None


def _is_bare_date(line: Line) -> bool:
    if _TIME.fullmatch(line.folded):
        return True
    return find_date(line.folded) is not None and _is_dated(line, _DATED)


def _is_dated(line: Line, vocabulary: frozenset[str]) -> bool:
    words = Line(0, "", 0, line.undated).words
    return all(word in vocabulary or word.isdecimal() for word in words)


_AGENCY = (
    r"(?:reuters|afp|agence france-?presse|ap|associated press|epa|upi|dpa|efe|ansa|tass|xinhua"
    r"|anadolu(?: agency)?|bloomberg|agencies|news agencies|wires|staff|getty(?: images)?|shutterstock|istock"
    r"|(?:ال)?وكالات|وكالة [^\W\d_]+(?: [^\W\d_]+)?|رويترز|فرانس برس"
    r"|أ\.? ?ف\.? ?ب\.?|أ\.? ?ب\.?|د\.? ?ب\.? ?أ\.?"
    r"|أسوشيي?تد ?برس|الأناضول|شينخوا|سبوتنيك|تاس|بلومبرغ|غيتي(?: إيمجز)?|جيتي(?: إيمجز)?|مواقع إلكترونية)"
)
_DATELINE_PARTS = re.compile(r"\s*(?:[-–—/|,،:()\[\]«»\"؛;]|\s(?:و|and|&)(?=\s))+\s*")
_IS_AGENCY = _pattern(rf"(?:و)?{_AGENCY}")
_BY = _pattern(
    r"(?:(?:written|reported|edited|reporting|editing|words) by|كتب(?:ت|ه|ها)?\s*:|بقلم"
    r"|(?:إعداد|تحرير|ترجمة|حوار|تقرير|مراسل(?:نا|تنا)?|المحرر|الكاتب)\s*:)\s*[:/]?(?:\s*[^\s:]+){1,8}"
)
_BY_NAME = re.compile(r"[Bb][Yy]:?(?:\s+(?:[A-ZÀ-Þ][\w.'’-]*,?|and|&|of|for|de|al-\w+|el-\w+|bin|van|von)){1,10}")
_BY_OFFICE = re.compile(
    r"(?:[A-ZÀ-Þ][\w.'’-]*,? (?:(?:and|of|in|the|&) )?){2,8}(?:correspondent|editor|reporter|writer)s?"
    r"(?: in(?: [A-ZÀ-Þ][\w.'’-]*){1,3})?"
)
_DESK = _pattern(
    r"(?:by )?(?:our )?[^\W\d_]+(?: [^\W\d_]+)? (?:correspondent|desk|newsroom)"
    r"|(?:by )?our [^\W\d_]+(?: [^\W\d_]+)? (?:team|staff)"
    r"|story by (?:[^\W\d_]+ ?){1,4}"
    r"|قسم (?:ال)?[^\W\d_]+|(?:بقلم |إعداد )?(?:فريق|هيئة) التحرير"
    r"|مراسل(?:نا|تنا|ة)? [^\W\d_]+(?: [^\W\d_]+){0,2}"
)
_REPORTING = _pattern(
    r"(?:additional )?(?:reporting|writing|words) by [^.]*[;,] ?(?:additional )?(?:reporting|writing|editing) by .*"
    r"|our standards\s*:.*"
)
_STAFF = _pattern(
    r"[(\[]\s*(?:additional |with )?(?:reporting|writing|editing|إعداد|تحرير|كتابة|ترجمة)\b.*[)\]]\.?"
)


def _is_dateline(line: Line) -> bool:
    """An agency's name, alone or with a place or a date: RABAT — Agencies."""
    if len(line.folded) > 80:
        return False
    parts = [part for part in _DATELINE_PARTS.split(line.undated) if part.strip()]
    agencies = [part for part in parts if _IS_AGENCY.fullmatch(part.strip())]
    others = [part.split() for part in parts if not _IS_AGENCY.fullmatch(part.strip())]
    return bool(agencies) and len(others) < 3 and all(len(words) < 4 for words in others)


def _is_place_and_date(line: Line) -> bool:
    """Rabat, 24 November 2021."""
    if len(line.folded) > 60 or find_date(line.folded) is None:
        return False
    parts = [part.split() for part in _DATELINE_PARTS.split(line.undated) if part.strip()]
    return len(parts) == 1 and len(parts[0]) < 3 and parts[0][0].isalpha() and line.text[0].isalpha()


def _is_byline(line: Line) -> bool:
    if len(line.text) > 100:
        return False
    named = _BY_NAME.fullmatch(line.text) or _BY_OFFICE.fullmatch(line.text) or _DESK.fullmatch(line.folded)
    return named is not None or _BY.fullmatch(line.folded) is not None


# Captions -------------------------------------------------------------------------------------------------

_PHOTO = _pattern(
    r"(?:(?:file |archive )?(?:photo(?:graph)?|image|picture|pic|caption|illustration)(?: credit)?"
    r"|(?:مصدر|تعليق) الصورة|(?:ال)?صورة|تصوير|عدسة)\s*(?:[:/|]|by\b).*|!\[.*\]\(.*\)"
    r"|صورة (?:أرشيفية|تعبيرية|توضيحية|من الأرشيف)\b.*"
    r"|(?:image|photo|picture|media) (?:source|caption|credit)\s*,.*"
    r"|(?:مصدر|صدر|(?:ال)?تعليق(?: على)?) الصورة\s*[،,:].*"
)
_CREDIT = _pattern(
    rf"(?:.*[(\[](?:.*[\s/–|-])?{_AGENCY}(?:[\s/–|-].*)?[)\]]|.*[-–—/|]\s*{_AGENCY}|.*\b{_AGENCY}/[^/]*"
    r"|.*(?:^|[\s(|/-]\w*)@\w{2,}\W*"
    r"|.*\b(?:photo(?:graph)?|image|picture) ?(?:by|credit|courtesy)\b.*|.*\bphoto(?:graph)?: .*"
    r"|.*تصوير\s*[:/].*)\W*"
)


# Where the photographer is named with the agency, there is no doubt anywhere on a page.
_SIGNED = _pattern(
    rf"(?:.*\[[^\[\]]*[/:]\s*{_AGENCY}\s*\]|.*\bphotograph: [^.]{{2,60}}"
    r"|.*\((?:photo(?:graph)?(?: by|:)|(?:ال)?صورة:|تصوير|عدسة)[^()]{2,60}\)"
    r"|.*\[[^\[\]]{1,40}/(?:handout|الشرطة|وكالة)\])\W*"
)


def is_credited(line: Line) -> bool:
    """A caption that ends in its photographer, agency or @handle."""
    return len(line.text) <= 250 and _CREDIT.fullmatch(line.folded) is not None


def _is_signed(line: Line) -> bool:
    return len(line.text) <= 250 and _SIGNED.fullmatch(line.folded) is not None


# What else there is to read -------------------------------------------------------------------------------

_RELATED = (
    r"[\W_]*(?:(?:see|read|watch) (?:also|more)|(?:also|more to) (?:read|watch|see)"
    r"|related(?: (?:articles?|stories|story|news|topics?|content|posts?|links?|coverage))?"
    r"|more (?:on this(?: story| topic)?|stories)|المزيد عن هذه القصة|موصى به(?: لك)?"
    r"|you (?:may|might) (?:also )?like|recommended(?: (?:for you|stories|reading))?"
    r"|further reading|most (?:read|viewed|popular)"
    r"|(?:اقرأ|إقرأ|اقرأي|اقرؤوا|شاهد|شاهدوا|طالع|انظر|تابع) (?:أيضا|المزيد|كذلك)"
    r"|(?:(?:مواضيع|موضوعات|أخبار|مقالات|روابط|تقارير) )?(?:ذات صلة|متعلقة)|(?:مواضيع|أخبار) مشابهة"
    r"|قد (?:يهمك|يعجبك)(?: أيضا)?|للمزيد|المزيد(?: من (?:الأخبار|المقالات))?|الأكثر (?:قراءة|مشاهدة))"
)
_RELATED_HEAD = _pattern(
    rf"(?:{_RELATED}|(?:topics|tags?|keywords?|(?:ال)?وسوم|(?:ال)?كلمات (?:ال)?مفتاحية))[\W_]*"
)
_RELATED_LINE = _pattern(rf"{_RELATED}\s*[:：|].*")


def opens_tail(line: Line) -> bool:
    """A bare “read also” or “tags”: what it promises stands in the lines below."""
    return _RELATED_HEAD.fullmatch(line.folded) is not None


def _is_related(line: Line) -> bool:
    return opens_tail(line) or _RELATED_LINE.fullmatch(line.folded) is not None


_JUMP = _pattern(r"skip .{2,60} and continue reading|تخطى .{2,60} وواصل القراءة")
_LANDING = _pattern(r"end of .{2,60}|.{2,60} نهاية|نهاية .{2,60}")


def jumps(line: Line) -> bool:
    """“Skip these and continue reading”, said to those who are read to: what is skipped comes next."""
    return _JUMP.fullmatch(line.folded) is not None


def lands(line: Line) -> bool:
    """“End of …”, where the skipping ends; only after a line that ``jumps``."""
    return not line.is_sentence and _LANDING.fullmatch(line.folded) is not None


def _is_ornament(line: Line) -> bool:
    return not any(char.isalnum() for char in line.text)


def _whole(pattern: re.Pattern[str]) -> Callable[[Line], bool]:
    return lambda line: pattern.fullmatch(line.folded) is not None


def _begins(pattern: re.Pattern[str]) -> Callable[[Line], bool]:
    return lambda line: len(line.text) <= 250 and pattern.match(line.folded) is not None


RULES = (
    Rule("ornament", _is_ornament, sentences=True),
    Rule("published", _is_published),
    Rule("date", _is_bare_date, where="edges"),
    Rule("reading time", _is_reading_time, sentences=True),
    Rule("share bar", _is_share_bar),
    Rule("related", _is_related, sentences=True),
    Rule("source", _whole(_SOURCE), where="edges"),
    Rule("dateline", _is_dateline, where="edges"),
    Rule("date", _is_place_and_date, where="top"),
    Rule("byline", _is_byline, where="edges"),
    Rule("staff", _whole(_REPORTING), sentences=True),
    Rule("staff", _whole(_STAFF), where="edges", sentences=True),
    Rule("caption", _begins(_PHOTO), sentences=True),
    Rule("credit", is_credited, where="top"),
    Rule("caption", _is_signed),
    Rule("copyright", _whole(_COPYRIGHT), sentences=True),
    Rule("widget", _whole(_WIDGETS)),
    Rule("widget", jumps),
    Rule("widget", _whole(_OFFERS)),
    Rule("notice", _whole(_NOTICES), where="edges", sentences=True),
    Rule("section", _whole(_SECTION), where="top"),
    Rule("menu", _is_legal_menu, where="edges"),
    Rule("subscribe", _begins(_SUBSCRIBE), sentences=True),
    Rule("cookies", _begins(_COOKIES), sentences=True),
    Rule("breadcrumbs", _whole(_CRUMBS)),
    Rule("menu", _is_menu, where="top"),
    Rule("link", _whole(_LINKS)),
    Rule("tags", _whole(_TAGS)),
)
