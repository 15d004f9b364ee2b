"""What an error is to a reader, in Arabic and in English: what is wrong, and what they can do."""

from __future__ import annotations

from qa.errors import (
    ConfigError,
    EncoderError,
    FetchError,
    IndexDamaged,
    IndexLocked,
    IndexMismatch,
    IndexMissing,
    IsnadError,
    QueryError,
    ReadError,
    StoreError,
)
from qa.language.phrases import spoken

# An error of this class is told to an Arabic reader so; an English one reads its own line, unless it names a
# command that only the operator can run.
_ERRORS: dict[type[IsnadError], tuple[str, str]] = {
    QueryError: ("لا أستطيع البحث عن هذا: اسأل بكلمات، في حدود {most} حرف.", ""),
    IndexMissing: ("لا مقالات عندي بعد: أبلغ المشرف.", "I have no articles yet: tell the operator."),
    IndexLocked: ("الفهرس مشغول الآن: حاول بعد قليل.", "The index is busy: try again in a while."),
    IndexMismatch: (
        "بُني الفهرس بإصدار آخر: أبلغ المشرف.",
        "The index was built by another version: tell the operator.",
    ),
    IndexDamaged: ("الفهرس تالف: أبلغ المشرف.", "The index is damaged: tell the operator."),
    StoreError: ("لا أستطيع فتح الفهرس: أبلغ المشرف.", "I cannot use the index: tell the operator."),
    EncoderError: ("لا أستطيع تشغيل النموذج: أبلغ المشرف.", "I cannot run the language model: tell the operator."),
    FetchError: ("لا أستطيع جلب هذه الصفحة.", ""),
    ReadError: ("لا أستطيع قراءة هذا.", ""),
    ConfigError: ("في الإعدادات خطأ: أبلغ المشرف.", "A setting is wrong: tell the operator."),
}


def told(error: IsnadError, lang: str, *, most: int) -> str:
    """One line for the asker: what is wrong, and what they can do. ``most`` characters are allowed."""
    arabic, english = next((_ERRORS[c] for c in type(error).__mro__ if c in _ERRORS), ("", ""))
    line = arabic if spoken(lang) == "ar" else english
    return line.format(most=most) if line else str(error)
