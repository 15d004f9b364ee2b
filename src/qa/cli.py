"""The `qa` command. Exit status as grep's: 0 answered, 1 nothing found, 2 an error."""

from __future__ import annotations

import argparse
import io
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from qa import __version__
from qa.errors import ConfigError, IsnadError

ANSWERED, NOTHING, ERROR, INTERRUPTED = 0, 1, 2, 130

_EXAMPLES = """\
examples:
  qa index seeds                        index the articles in seeds/
  qa ask "what does the agreement cover?"
  qa ask --json "من وقّع الاتفاق؟" | jq .citations[0].quote
  qa search "cyber security"            the passages that come closest

The index is the folder named by --index or ISNAD_INDEX, else ./index, else that of the checkout.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run `qa` with ``argv`` (the process's own by default); gives the exit status."""
    _as_utf8()
    logging.basicConfig(format="qa: %(message)s", level=logging.WARNING)
    logging.getLogger("qa").setLevel(logging.INFO)
    try:
        try:
            arguments = _parser().parse_args(argv)
            status: int = arguments.run(arguments)
        finally:
            sys.stdout.flush()
        return status
    except IsnadError as error:
        _complain(str(error))
        return ERROR
    except KeyboardInterrupt:
        _complain("interrupted; what had been committed is kept")
        return INTERRUPTED
    except OSError as error:
        if not isinstance(error, BrokenPipeError):
            _complain(f"cannot go on ({error})")
        # What is still in the buffer would fail once more when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ERROR


def _complain(message: str) -> None:
    """One line, whatever characters a file's name has."""
    line = "".join(char if char.isprintable() else "?" for char in message)
    sys.stderr.write(f"qa: {line}\n")


def _as_utf8() -> None:
    """Whatever the locale says, Arabic must come out, and no odd character of a file name may stop it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ConfigError(f"{message}: see `{self.prog} --help`")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="qa",
        description="Ask your Arabic and English articles; get verbatim, cited quotes.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"isnad-qa {__version__}")
    parser.set_defaults(run=lambda _: _help(parser))
    commands = parser.add_subparsers(metavar="COMMAND")

    index = commands.add_parser(
        "index",
        help="make the index agree with files and folders",
        epilog="example: qa index seeds; later, to bring the index up to date: qa index",
    )
    index.add_argument(
        "paths",
        nargs="*",
        type=_path,
        metavar="PATH",
        help="folder or file (default: those indexed before, else seeds/)",
    )
    index.add_argument("--model", help="a sentence-transformers model, by name or folder (default: bundled)")
    index.add_argument("--rebuild", action="store_true", help="encode everything anew")
    index.set_defaults(run=_index)

    ask = commands.add_parser(
        "ask",
        help="answer a question by quotes, or say that the articles don't",
        epilog='example: qa ask "what does the agreement cover?"',
    )
    ask.add_argument("question", nargs="+", metavar="QUESTION")
    ask.set_defaults(run=_ask)

    search = commands.add_parser(
        "search",
        help="list the passages that come closest",
        epilog='example: qa search -n 3 "drone factory"',
    )
    search.add_argument("query", nargs="+", metavar="QUERY")
    search.add_argument("-n", type=_positive, default=10, dest="limit", help="how many (default: 10)")
    search.set_defaults(run=_search)

    evaluate = commands.add_parser(
        "eval",
        help="measure the answers on questions whose answers are known (docs/quality.md)",
        epilog="example: qa eval --corpus squad.json --questions squad.json",
    )
    evaluate.add_argument(
        "--corpus", nargs="+", action="extend", default=[], type=_path, metavar="FILE", help="SQuAD files to search"
    )
    evaluate.add_argument("--questions", type=_path, metavar="FILE", help="the SQuAD file to ask from")
    evaluate.add_argument(
        "--unanswerable", choices=["half"], help="leave out every second article, so that half has no answer"
    )
    evaluate.add_argument("--gold", type=_path, metavar="FILE", help="ask gold questions of an index instead")
    evaluate.add_argument("--baseline", type=_path, metavar="FILE", help="show what moved since this --json output")
    evaluate.set_defaults(run=_eval)

    for command in (index, ask, search, evaluate):
        command.add_argument("--index", type=_path, metavar="DIR", help="the index's folder")
    for command, shape in ((ask, "json"), (search, "json"), (evaluate, "quality")):
        command.add_argument("--json", action="store_true", help=f"print JSON (its shape: docs/{shape}.md)")
    return parser


def _help(parser: argparse.ArgumentParser) -> int:
    parser.print_help(sys.stderr)
    return ERROR


def _path(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("the name is empty")
    return Path(text)


def _positive(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError("give a number from 1 to 1000")
    return int(text)


def _index(arguments: argparse.Namespace) -> int:
    from qa.config import articles_folder, index_folder
    from qa.encoder import load_encoder
    from qa.index import corpora, update
    from qa.report import closing_line, progress_bar

    folder = index_folder(arguments.index)
    model, before = corpora(folder)
    paths = arguments.paths or before or articles_folder(folder)
    if not paths:
        raise ConfigError("which articles? name a folder or file: `qa index FOLDER`")
    gone = [] if arguments.paths or arguments.rebuild else [path for path in paths if not path.exists()]
    if len(gone) < len(paths):
        paths = [path for path in paths if path not in gone]
        for path in gone:
            _complain(f"{path} is gone: its articles stay in the index until their new place is named")
    name = arguments.model if arguments.model is not None else model
    with progress_bar(sys.stderr) as progress:
        report = update(
            paths if not arguments.rebuild else [*before, *paths],
            folder,
            load_encoder(name or None),
            model=name,
            rebuild=arguments.rebuild,
            progress=progress,
        )
    for path, reason in report.skipped:
        _complain(f"skipped {path}: {reason}")
    sys.stdout.write(closing_line(report) + "\n")
    return ERROR if report.skipped or gone else ANSWERED


def _ask(arguments: argparse.Namespace) -> int:
    from qa.library import Library

    answer = Library.open(arguments.index).ask(" ".join(arguments.question))
    if arguments.json:
        from qa.as_json import answer_json

        text = answer_json(answer)
    else:
        from qa.terminal import Style, show_answer

        text = show_answer(answer, Style.of(sys.stdout))
    sys.stdout.write(text + "\n")
    return ANSWERED if answer.answered else NOTHING


def _search(arguments: argparse.Namespace) -> int:
    from qa.library import Library

    query = " ".join(arguments.query)
    found = Library.open(arguments.index).search(query, limit=arguments.limit)
    if arguments.json:
        from qa.as_json import search_json

        text = search_json(query, found)
    else:
        from qa.terminal import Style, show_excerpts

        text = show_excerpts(found, Style.of(sys.stdout))
    sys.stdout.write(text + "\n" * bool(text))
    return ANSWERED if found else NOTHING


def _eval(arguments: argparse.Namespace) -> int:
    squad = arguments.corpus and arguments.questions
    if squad and (arguments.gold or arguments.index):
        raise ConfigError("--gold and --index do not go with --corpus and --questions: measure one thing at a time")
    if not squad and (not arguments.gold or arguments.corpus or arguments.questions or arguments.unanswerable):
        raise ConfigError("measure what? give --corpus and --questions, or --gold alone: see `qa eval --help`")
    from qa.evaluate.questions import read_gold, read_squad
    from qa.evaluate.result import as_json, as_table, compare, read_result
    from qa.evaluate.run import ask, evaluate
    from qa.library import Library
    from qa.report import progress_bar

    before = read_result(arguments.baseline) if arguments.baseline else None
    with progress_bar(sys.stderr, unit="step") as progress:
        if squad:
            halved = arguments.unanswerable == "half"
            task = read_squad(arguments.corpus, arguments.questions, halved=halved)
            result = evaluate(task, progress=progress)
        else:
            questions = read_gold(arguments.gold)
            result = ask(questions, Library.open(arguments.index), progress=progress)
    show = as_json if arguments.json else as_table
    sys.stdout.write(show(result, compare(result, before) if before else None) + "\n")
    return ANSWERED
