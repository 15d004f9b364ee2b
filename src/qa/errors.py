"""Everything that Isnad says when it cannot go on.

IsnadError
├── ConfigError        a setting or argument is wrong
├── ReadError          a source cannot become an article
├── FetchError         a page or feed cannot be had from the web
├── EncoderError       a model cannot be had or cannot run
├── QueryError         a question is empty or too long
└── StoreError         an index cannot be used
    ├── IndexMissing     there is none
    ├── IndexMismatch    it was built by another encoder or another release
    ├── IndexDamaged     a file of it is torn, and the rest cannot mend it
    └── IndexLocked      another process is writing

Each message is one line for a person: what is wrong and what to do about it.
"""


class IsnadError(Exception):
    """The root: catch this to tell a user, in one line, what went wrong."""


class ConfigError(IsnadError):
    """A setting or an argument is wrong."""


class ReadError(IsnadError):
    """A source cannot become an article."""


class FetchError(IsnadError):
    """A page or feed cannot be had from the web; ``lasting`` where trying again would not help."""

    def __init__(self, message: str, *, lasting: bool = True) -> None:
        super().__init__(message)
        self.lasting = lasting


class EncoderError(IsnadError):
    """A model cannot be had or cannot run."""


class QueryError(IsnadError):
    """A question is empty or too long."""


class StoreError(IsnadError):
    """An index cannot be used."""


class IndexMissing(StoreError):
    """There is no index where one was looked for."""


class IndexMismatch(StoreError):
    """The index was built by another encoder or by another release."""


class IndexDamaged(StoreError):
    """A file of the index is torn, and the rest cannot mend it."""


class IndexLocked(StoreError):
    """Another process is writing the index."""
