"""The tables of an index, as numbered migrations.

``PRAGMA user_version`` says how many of them a file has had. A migration, once released, never changes:
what must change is a new one at the end.
"""

from __future__ import annotations

import sqlite3

from qa.article import text_hash
from qa.errors import IndexMismatch
from qa.store import postings

MIGRATIONS = (
    """
    CREATE TABLE settings (
        key TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) STRICT;

    CREATE TABLE background (
        role TEXT NOT NULL,
        lang TEXT NOT NULL,
        mean BLOB NOT NULL,
        PRIMARY KEY (role, lang)
    ) STRICT;

    CREATE TABLE articles (
        rowid INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        path TEXT NOT NULL UNIQUE,
        size INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL,
        file_hash TEXT NOT NULL,
        content_hash TEXT NOT NULL,
        title TEXT NOT NULL,
        text TEXT NOT NULL,
        date TEXT,
        lang TEXT NOT NULL,
        source TEXT NOT NULL,
        url TEXT NOT NULL,
        headings TEXT NOT NULL,
        kept TEXT NOT NULL
    ) STRICT;
    CREATE INDEX articles_by_content ON articles (content_hash);

    CREATE TABLE passages (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        article INTEGER NOT NULL REFERENCES articles (rowid) ON DELETE CASCADE,
        start INTEGER NOT NULL,
        end INTEGER NOT NULL,
        lang TEXT NOT NULL,
        sentences TEXT NOT NULL,
        vector BLOB NOT NULL,
        sentence_vectors BLOB NOT NULL,
        terms TEXT NOT NULL
    ) STRICT;
    CREATE INDEX passages_by_article ON passages (article);

    CREATE TABLE word_vectors (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        lang TEXT NOT NULL,
        term TEXT NOT NULL,
        vector BLOB NOT NULL,
        UNIQUE (lang, term)
    ) STRICT;
    CREATE INDEX word_vectors_by_lang ON word_vectors (lang, id);

    CREATE VIRTUAL TABLE words USING fts5 (
        terms, content = 'passages', content_rowid = 'id', tokenize = "ascii tokenchars '.'", detail = 'none'
    );
    CREATE VIRTUAL TABLE vocabulary USING fts5vocab ('words', 'row');
    CREATE TRIGGER words_added AFTER INSERT ON passages BEGIN
        INSERT INTO words (rowid, terms) VALUES (new.id, new.terms);
    END;
    CREATE TRIGGER words_removed AFTER DELETE ON passages BEGIN
        INSERT INTO words (words, rowid, terms) VALUES ('delete', old.id, old.terms);
    END;
    """,
    """
    CREATE TABLE commits (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        at TEXT NOT NULL,
        last_passage INTEGER NOT NULL,
        last_word INTEGER NOT NULL
    ) STRICT;
    INSERT INTO commits (id, at, last_passage, last_word)
        SELECT
            value,
            strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now'),
            (SELECT coalesce(max(id), 0) FROM passages),
            (SELECT coalesce(max(id), 0) FROM word_vectors)
        FROM settings WHERE key = 'generation';
    DELETE FROM settings WHERE key = 'generation' OR key LIKE 'words.%';

    CREATE TABLE removed (
        passage INTEGER PRIMARY KEY,
        since INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX removed_by_commit ON removed (since);
    CREATE TRIGGER passages_removed AFTER DELETE ON passages BEGIN
        INSERT INTO removed (passage, since)
            VALUES (old.id, (SELECT coalesce(max(number), 0) FROM commits));
    END;

    DROP TRIGGER words_added;
    DROP TRIGGER words_removed;
    DROP TABLE vocabulary;
    DROP TABLE words;
    CREATE TABLE postings (
        term TEXT NOT NULL,
        chunk INTEGER NOT NULL,
        passages BLOB NOT NULL,
        PRIMARY KEY (term, chunk)
    ) STRICT, WITHOUT ROWID;

    -- A file can have many articles. SQLite cannot drop a constraint: the table is made anew, rowids and all.
    CREATE TABLE articles_anew (
        rowid INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        path TEXT NOT NULL,
        size INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL,
        file_hash TEXT NOT NULL,
        content_hash TEXT NOT NULL,
        title TEXT NOT NULL,
        text TEXT NOT NULL,
        date TEXT,
        lang TEXT NOT NULL,
        source TEXT NOT NULL,
        url TEXT NOT NULL,
        headings TEXT NOT NULL,
        kept TEXT NOT NULL,
        author TEXT NOT NULL,
        dated TEXT NOT NULL
    ) STRICT;
    INSERT INTO articles_anew SELECT rowid, id, path, size, mtime_ns, file_hash, content_hash, title, text, date,
        lang, source, url, headings, kept, '', iif(date IS NULL, '', 'text') FROM articles;
    DELETE FROM sqlite_sequence WHERE name = 'articles_anew';
    INSERT INTO sqlite_sequence (name, seq)
        SELECT 'articles_anew', seq FROM sqlite_sequence WHERE name = 'articles';
    DROP TABLE articles;
    ALTER TABLE articles_anew RENAME TO articles;
    CREATE INDEX articles_by_content ON articles (content_hash);
    CREATE INDEX articles_by_path ON articles (path);
    CREATE INDEX articles_by_lang ON articles (lang);
    CREATE INDEX articles_by_date ON articles (date);

    -- Words have other vectors, of another size. Articles must be read again, and bring theirs with them.
    DELETE FROM word_vectors;
    DELETE FROM background WHERE role = 'word';
    """,
    """
    -- Nothing can be said of what passages mean until they are read again, which the pipeline sees to.
    ALTER TABLE passages ADD COLUMN senses BLOB NOT NULL DEFAULT x'';

    -- Articles with the same text are one article of several sources: the first of them leads.
    ALTER TABLE articles ADD COLUMN text_hash TEXT NOT NULL DEFAULT '';
    CREATE INDEX articles_by_text ON articles (text_hash);
    CREATE INDEX articles_by_choice ON articles (text_hash, lang, source, dated, date);
    -- Read backwards, the order of lists.
    CREATE INDEX articles_newest ON articles (dated = 'file' DESC, date);

    -- Of each sentence how many tokens it has, uint16, and then all of them; none until passages are read again.
    ALTER TABLE passages ADD COLUMN tokens BLOB NOT NULL DEFAULT x'';

    -- Whether files have changed is asked of all articles: that must not read the table, where the texts are.
    DROP INDEX articles_by_path;
    CREATE INDEX articles_by_file ON articles (path, size, mtime_ns);
    """,
)


def _hash_texts(db: sqlite3.Connection) -> None:
    db.create_function("hash_of", 1, text_hash, deterministic=True)
    db.execute("UPDATE articles SET text_hash = hash_of(text)")


FILL = {2: postings.rebuild, 3: _hash_texts}
"""What fills the tables of a migration where SQL alone cannot, in the same transaction."""


def migrate(db: sqlite3.Connection) -> None:
    """Bring ``db`` to the newest format, each migration in a transaction of its own.

    Raises IndexMismatch for a file of a newer release.
    """
    version = format_version(db)
    db.execute("PRAGMA foreign_keys = OFF")  # a table that is made anew would take along what refers to it
    for number, script in enumerate(MIGRATIONS[version:], version + 1):
        db.executescript(f"BEGIN IMMEDIATE; {script}")
        if number in FILL:
            FILL[number](db)
        db.execute(f"PRAGMA user_version = {number}")
        db.execute("COMMIT")
    db.execute("PRAGMA foreign_keys = ON")


def format_version(db: sqlite3.Connection) -> int:
    """The number of migrations ``db`` has had. Raises IndexMismatch for a file of a newer release."""
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if version > len(MIGRATIONS):
        raise IndexMismatch(
            f"the index has format {version}, this release knows {len(MIGRATIONS)}: "
            "update isnad-qa, or build another index with `qa index --index DIR`"
        )
    return version
