"""What the bot says of itself, in Arabic and in English."""

from __future__ import annotations

from qa.language.phrases import spoken

# Key: (Arabic, English).
_SAID = {
    # greeting and help
    "welcome": (
        (
            "اسأل سؤالاً عن المقالات بالعربية أو بالإنجليزية.\n"
            "أجيب باقتباسات حرفية فقط، مع مقال كل اقتباس وموضعه فيه، وإن لم تُجب المقالات قلتُ ذلك."
        ),
        (
            "Ask a question about the articles, in English or in Arabic.\n"
            "I answer with verbatim quotes only, each with its article and place; "
            "when the articles don't say, I tell you so."
        ),
    ),
    "help": (
        (
            "اكتب سؤالك كما هو. وللسؤال عمّا بعد الجواب، ردّ على رسالتي.\n\n"
            "/ask ثم السؤال، في المجموعات خاصة\n"
            "/search ثم كلمات: المقاطع الأقرب إليها\n"
            "/latest أحدث المقالات\n"
            "/sources من أين المقالات\n"
            "/lang لغة رسائلي\n"
            "/help هذه الرسالة\n\n"
            "في أي محادثة أخرى: اكتب @{me} ثم سؤالك لإدراج اقتباس."
        ),
        (
            "Just write your question. To ask on after an answer, reply to my message.\n\n"
            "/ask and a question, for groups\n"
            "/search and words: the passages that come closest\n"
            "/latest the newest articles\n"
            "/sources where the articles come from\n"
            "/lang the language I speak to you\n"
            "/help this message\n\n"
            "In any other chat: write @{me} and your question to insert a quote."
        ),
    ),
    "help.admin": (
        (
            "للمشرفين:\nأرسل ملفاً ({kinds}) أو رابطاً فأضيفه إلى المقالات.\n"
            "/status حال الفهرس\n"
            "/reindex تحديث الفهرس من الملفات\n"
            "/remove ثم معرّف المقال: إزالته\n"
            "/invite رمز يُدخل شخصاً واحداً\n"
            "/people من أُدخلوا برمز\n"
            "/revoke ثم رقم الشخص: إخراجه"
        ),
        (
            "For admins:\nSend a file ({kinds}) or a link, and it joins the articles.\n"
            "/status the state of the index\n"
            "/reindex bring the index up to date with its files\n"
            "/remove and an article's id: take it out\n"
            "/invite a code that lets one person in\n"
            "/people who was let in\n"
            "/revoke and a person's number: send them out"
        ),
    ),
    "hint": (
        "أفهم الأسئلة المكتوبة فقط: اكتب سؤالك في رسالة نصية.",
        "I can read written questions only: type yours as a text message.",
    ),
    "hint.unknown": (
        "لا أعرف هذا الأمر: /help يسرد ما أعرفه.",
        "I don't know this command: /help lists those I do.",
    ),
    "hint.ask": (
        "اكتب السؤال بعد الأمر: /ask متى افتُتح الجسر؟",
        "Write the question after the command: /ask when did the bridge open?",
    ),
    "hint.search": (
        "اكتب كلمات بعد الأمر: /search الأمن السيبراني",
        "Write words after the command: /search cyber security",
    ),
    # the menu
    "menu.ask": ("اسأل سؤالاً", "Ask a question"),
    "menu.search": ("المقاطع الأقرب إلى كلمات", "The passages closest to some words"),
    "menu.latest": ("أحدث المقالات", "The newest articles"),
    "menu.sources": ("من أين المقالات", "Where the articles come from"),
    "menu.lang": ("لغة رسائلي", "The language I speak to you"),
    "menu.help": ("ما أستطيع", "What I can do"),
    # faults and limits
    "fault": (
        "عذراً، حدث خطأ عندي ولم أستطع الإجابة. حاول مرة أخرى، وإن تكرّر فأبلغ المشرف بالرقم",
        "Sorry, something went wrong here. Try again; if it persists, give the operator this number:",
    ),
    "long": (
        "السؤال طويل: عدد أحرفه {n}، والحد {most}. اختصره.",
        "The question is long: it has {n} characters, the limit is {most}. Shorten it.",
    ),
    "slow": (
        "أسئلتك كثيرة: أجيب عن {n} في الدقيقة على الأكثر. انتظر قليلاً ثم اسأل.",
        "That is fast: I answer at most {n} questions a minute for each person. Wait a little, then ask.",
    ),
    "away": (
        "كنت متوقفاً حين سألت هذا. إن كان الجواب لا يزال يهمك فاسأل مرة أخرى.",
        "I was away when you asked this. If you still want to know, please ask again.",
    ),
    "doubt": (
        "انقطع الاتصال وأنا أرسل إليك، ولا أعرف هل وصلت الرسالة. إن لم تجدها أعلاه فاضغط الزر.",
        (
            "The connection broke while I was sending, and I cannot tell whether my message arrived. "
            "If it does not stand above, press the button."
        ),
    ),
    "doubt.button": ("أرسلها", "Send it"),
    "doubt.sent": ("أرسلتها مرة أخرى.", "Sent again."),
    # access
    "denied": (
        "هذا البوت لمن أُذن لهم فقط. رقمك {id}: أعطه للمشرف، أو اطلب منه رمزاً ثم أرسل\n/pair الرمز",
        (
            "This bot is for those who were let in. Your number is {id}: "
            "give it to the operator, or ask for a code and send\n/pair CODE"
        ),
    ),
    "denied.group": (
        "أجيب من أُذن لهم فقط: راسلني على انفراد لتعرف كيف.",
        "I answer only those who were let in: write to me in private to see how.",
    ),
    "denied.button": ("لم يؤذن لك بعد: اضغط هنا", "You were not let in yet: press here"),
    "pair.usage": ("أرسل الرمز بعد الأمر: /pair ABCDE-12345", "Send the code after the command: /pair ABCDE-12345"),
    "pair.done": ("أهلاً بك: صار لك أن تسأل.", "Welcome: you may ask now."),
    "pair.known": ("مأذون لك من قبل: اسأل.", "You were let in already: ask away."),
    "pair.wrong": (
        "هذا الرمز غير صحيح أو انتهى وقته. بقيت لك {n} محاولات.",
        "This code is wrong or has expired. Tries left: {n}.",
    ),
    "pair.blocked": (
        "محاولات كثيرة خاطئة: حاول غداً أو اطلب من المشرف إضافة رقمك {id}.",
        "Too many wrong codes: try tomorrow, or ask the operator to add your number, {id}.",
    ),
    "invite": (
        "رمز لشخص واحد، صالح {minutes} دقيقة:\n{code}\nيرسله إليّ هكذا:\n/pair {code}",
        "A code for one person, good for {minutes} minutes:\n{code}\nThey send me:\n/pair {code}",
    ),
    "people": ("من أُدخلوا برمز:", "Let in by a code:"),
    "people.none": ("لم يُدخَل أحد برمز بعد.", "Nobody was let in by a code yet."),
    "revoke.usage": ("أرسل الرقم بعد الأمر: /revoke 123456", "Send the number after the command: /revoke 123456"),
    "revoke.done": ("أُخرج {id}.", "{id} is out."),
    "revoke.none": (
        "لم يُدخَل {id} برمز: إن كان في الإعدادات فأزله منها.",
        "{id} was not let in by a code: if the settings name them, take them out there.",
    ),
    "admins.only": ("هذا الأمر للمشرفين.", "This command is for admins."),
    # answers and their buttons
    "more": ("المزيد من الاقتباسات", "More quotes"),
    "more.none": ("لا اقتباسات أخرى.", "There are no more quotes."),
    "near": ("أقرب المقاطع", "The nearest passages"),
    "near.none": ("لا مقاطع قريبة.", "No passage comes near."),
    "context": ("السياق", "Context"),
    "open": ("المقال", "Article"),
    "opening": ("مطلع المقال", "The article's opening"),
    "thanks": ("شكراً لك.", "Thank you."),
    "gone": ("مضى وقت طويل على هذه الرسالة: اسأل مرة أخرى.", "This message is too old: please ask again."),
    "changed": (
        "تغيّر هذا المقال منذ ذلك الحين: اسأل مرة أخرى.",
        "This article has changed since: please ask again.",
    ),
    # lists
    "latest": ("أحدث المقالات", "The newest articles"),
    "older": ("أقدم ←", "Older →"),
    "newer": ("→ أحدث", "← Newer"),
    "sources": ("مصادر المقالات", "Where the articles come from"),
    "sources.none": ("بلا مصدر مذكور", "no source named"),
    "found": ("أقرب المقاطع إلى كلماتك", "The passages that come closest"),
    "found.none": ("لم أجد شيئاً.", "I found nothing."),
    "empty": ("لا مقالات بعد.", "There are no articles yet."),
    "lang": ("بأي لغة أخاطبك؟", "Which language shall I speak to you?"),
    "lang.set": ("سأخاطبك بالعربية.", "I shall speak English to you."),
    "lang.auto": ("لغة تلغرام", "As my Telegram"),
    # inline
    "inline.ask": ("اكتب سؤالاً بعد اسمي", "Write a question after my name"),
    "inline.silent": ("المقالات لا تجيب: هذه أقرب المقاطع", "The articles don't say: these passages are nearest"),
    "inline.none": ("لا شيء قريب من هذا", "Nothing comes near this"),
    # administration
    "file.kind": (
        "لا أقرأ ملفات من هذا النوع. أقرأ: {kinds}",
        "I cannot read files of this kind. I can read: {kinds}",
    ),
    "file.large": (
        "الملف أكبر من 20 ميغابايت، وهو حد تلغرام.",
        "The file is over 20 MB, which is Telegram's limit.",
    ),
    "file.failed": ("لم أستطع تنزيل الملف: أرسله مرة أخرى.", "I could not download the file: send it again."),
    "job.all": ("كل المقالات", "all articles"),
    "job.waiting": ("في الانتظار: عمل آخر يجري…", "Waiting: another job is running…"),
    "job.running": ("أفهرس {what}…", "Indexing {what}…"),
    "job.progress": ("أفهرس {what}: {done} من {total}", "Indexing {what}: {done} of {total}"),
    "job.done": ("تم: {what}", "Done: {what}"),
    "job.failed": ("لم يتم: {what}", "Not done: {what}"),
    "job.missing": ("هذا الأمر غير متاح في هذا الإصدار.", "This command is not part of this version."),
    "remove.usage": (
        "أرسل معرّف المقال بعد الأمر. تجده تحت كل اقتباس.",
        "Send the article's id after the command; it stands under each quote.",
    ),
    "remove.unknown": ("لا مقال بهذا المعرّف.", "There is no article with this id."),
    "remove.sure": ("أأزيل هذا المقال من الفهرس؟", "Take this article out of the index?"),
    "yes": ("نعم", "Yes"),
    "no": ("لا", "No"),
    "remove.kept": ("بقي المقال.", "The article stays."),
    "status": ("حال الفهرس", "The index"),
    "status.articles": ("المقالات", "articles"),
    "status.copies": ("نسخ منها في مصادر أخرى", "copies of them from other sources"),
    "status.passages": ("المقاطع", "passages"),
    "status.languages": ("اللغات", "languages"),
    "status.model": ("النموذج", "model"),
    "status.generation": ("الإصدار", "generation"),
    "status.updated": ("آخر تحديث", "updated"),
}


def say(key: str, lang: str, **values: object) -> str:
    """What stands under ``key``, for someone whose language is ``lang`` (an IETF tag), with ``values`` set in."""
    arabic, english = _SAID[key]
    return (arabic if spoken(lang) == "ar" else english).format(**values)
