"""What the pages say of themselves, in Arabic and in English."""

from __future__ import annotations

from qa.language.phrases import spoken

# Key: (Arabic, English).
_SAID = {
    # every page
    "name": ("إسناد", "Isnad"),
    "skip": ("إلى المحتوى", "Skip to the content"),
    "pages": ("الصفحات", "Pages"),
    "ask": ("اسأل", "Ask"),
    "articles": ("المقالات", "Articles"),
    "status": ("حال الفهرس", "Index"),
    "other": ("English", "العربية"),
    "api": ("واجهة برمجية", "API"),
    "promise": (
        "اقتباسات حرفية يمكنك التحقق منها، أو: المقالات لا تجيب.",
        "Verbatim quotes that you can check, or: the articles don't say.",
    ),
    # asking
    "question": ("سؤالك", "Your question"),
    "lead": (
        "اسأل المقالات بالعربية أو بالإنجليزية. يأتيك الجواب اقتباسات حرفية، ويفتح كلٌّ منها مقاله عند موضعه.",
        "Ask the articles, in English or Arabic. Each quote of the answer opens its article at the very words.",
    ),
    "newest": ("أحدث المقالات", "The newest articles"),
    "all": ("كل المقالات", "All articles"),
    "answer": ("الجواب", "Answer"),
    "quote": ("الاقتباس {n}", "Quote {n}"),
    "passage": ("المقطع {n}", "Passage {n}"),
    "more": ("المزيد من الاقتباسات ({n})", "More quotes ({n})"),
    "passages": ("المقاطع الأقرب إلى السؤال", "The passages that come closest"),
    "passages of": ("المقاطع الأقرب إلى «{q}»", "Passages closest to “{q}”"),
    "none": ("لا شيء قريب من هذا.", "Nothing comes near this."),
    "original": ("المصدر الأصلي", "Original"),
    "empty": ("لا مقالات بعد.", "There are no articles yet."),
    "empty.add": ("أضف بعضها:", "Add some:"),
    # an article
    "article": ("مقال", "Article"),
    "raw": ("الملف كما هو", "The file as it is"),
    "to quote": ("إلى الاقتباس", "To the quote"),
    "quote starts": ("بداية الاقتباس: ", "Quote begins: "),
    "quote ends": (" نهاية الاقتباس.", " Quote ends."),
    "moved": (
        "تغيّر هذا المقال بعد اقتباسه، وانتقل الاقتباس إلى موضع آخر فيه.",
        "This article has changed since it was quoted; the quote now stands elsewhere in it.",
    ),
    "lost": (
        "الكلمات المقتبسة ليست في هذا المقال: لعله تغيّر بعد اقتباسه.",
        "The words that were quoted are not in this article: it may have changed since.",
    ),
    "file": ("الملف", "File"),
    # browsing
    "choose": ("تصفية", "Filter"),
    "source": ("المصدر", "Source"),
    "language": ("اللغة", "Language"),
    "any": ("الكل", "Any"),
    "ar": ("العربية", "Arabic"),
    "en": ("الإنجليزية", "English"),
    "since": ("من يوم", "From"),
    "until": ("إلى يوم", "To"),
    "show": ("اعرض", "Show"),
    "clear": ("أزل التصفية", "Clear"),
    "count": ("عدد المقالات: {n}", "Articles: {n}"),
    "page": ("الصفحة {n} من {m}", "Page {n} of {m}"),
    "newer": ("أحدث", "Newer"),
    "older": ("أقدم", "Older"),
    "no match": ("لا مقال كهذا.", "No article is like that."),
    # the index
    "count.articles": ("المقالات", "Articles"),
    "count.copies": ("نسخ منها في مصادر أخرى", "Copies of them from other sources"),
    "count.passages": ("المقاطع", "Passages"),
    "languages": ("اللغات", "Languages"),
    "updated": ("آخر تحديث", "Updated"),
    "search": ("البحث", "Search"),
    "search.exact": ("دقيق", "exact"),
    "search.missing": ("ملفه مفقود", "its file is missing"),
    "search.recall": (
        "{kind}، يجد {recall} مما يجده الدقيق",
        "{kind}, finds {recall} of what exact search does",
    ),
    "model": ("النموذج", "Model"),
    "size": ("الحجم", "Size"),
    "writer": ("الكتابة الآن", "Being written"),
    "writer.none": ("لا", "no"),
    "generation": ("الإصدار", "Generation"),
    "folder": ("المجلد", "Folder"),
    # access
    "login": ("الدخول", "Sign in"),
    "login.lead": (
        "هذه المقالات لمن لديه الرمز. اطلبه ممن يدير الخدمة.",
        "These articles are for those who have the token. Ask whoever runs this service for it.",
    ),
    "token": ("الرمز", "Token"),
    "login.wrong": ("هذا الرمز غير صحيح.", "This token is wrong."),
    "logout": ("الخروج", "Sign out"),
    # what goes wrong
    "sorry": ("عذراً", "Sorry"),
    "missing": ("لا شيء في هذا العنوان.", "There is nothing at this address."),
    "missing.article": (
        "لا مقال بهذا الاسم: لعله أُزيل أو نُقل.",
        "There is no article of this name: it may have been removed or moved.",
    ),
    "missing.raw": (
        "ليس الملف الذي فُهرس موجوداً بعد، أو ليس لهذا المقال وحده.",
        "The file that was indexed is no longer there, or it holds more than this article.",
    ),
    "method": ("هذا العنوان لا يقبل {method}.", "This address does not take {method}."),
    "busy": ("أسئلة كثيرة تنتظر الآن: حاول بعد قليل.", "Too many questions are waiting: try again in a moment."),
    "slow": (
        "أسئلتك كثيرة: أجيب عن {n} في الدقيقة على الأكثر. انتظر قليلاً.",
        "That is fast: at most {n} questions a minute are answered. Wait a little.",
    ),
    "tries": ("محاولات كثيرة: انتظر دقيقة.", "Too many tries: wait a minute."),
    "large": ("الطلب كبير جداً.", "The request is too large."),
    "host": (
        "افتح العنوان {url}: لا أجيب هنا تحت اسم آخر.",
        "Open {url}: nothing is answered here under another name.",
    ),
    "token.missing": (
        "أرسل الرمز في ترويسة Authorization: Bearer.",
        "Send the token in the header Authorization: Bearer.",
    ),
    "fault": (
        "حدث خطأ في الخدمة. حاول مرة أخرى، وإن تكرّر فأبلغ من يديرها بالرقم {reference}.",
        "Something went wrong here. Try again; if it persists, give whoever runs this the number {reference}.",
    ),
    "parameter.unknown": (
        "لا معنى لـ {name} هنا، بل لهذه: {names}.",
        "{name} means nothing here, unlike {names}.",
    ),
    "parameter.long": ("{name} أطول من {most} حرف.", "{name} has more than {most} characters."),
    "parameter.number": (
        "{name} يجب أن يكون عدداً من {least} إلى {most}.",
        "{name} must be a number from {least} to {most}.",
    ),
    "parameter.day": ("{name} ليس يوماً: اكتبه هكذا 2021-11-24.", "{name} is no day: write it as 2021-11-24."),
}


def say(key: str, lang: str, **values: object) -> str:
    """What stands under ``key``, for someone whose language is ``lang``, with ``values`` set in."""
    arabic, english = _SAID[key]
    return (arabic if spoken(lang) == "ar" else english).format(**values)
