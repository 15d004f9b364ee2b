"""`qa calibrate`: fit what decides whether the articles answer to questions whose answers are known."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

from qa.cli.options import ANSWERED, add_index, path
from qa.errors import ConfigError


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "calibrate",
        help="fit what decides whether the articles answer (docs/confidence.md)",
        epilog="example: qa calibrate --gold mine.jsonl",
    )
    command.add_argument("--gold", type=path, metavar="FILE", help="gold questions, to be asked of the index")
    command.add_argument(
        "--corpus", nargs="+", action="extend", default=[], type=path, metavar="FILE", help="or SQuAD files"
    )
    command.add_argument("--write", type=path, metavar="FILE", help="write the numbers there, not into the index")
    add_index(command)
    command.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    if bool(arguments.gold) == bool(arguments.corpus):
        raise ConfigError("calibrate by what? give either --gold or --corpus: see `qa calibrate --help`")
    from qa.confidence import as_text, calibration
    from qa.config import PIPELINE, index_folder
    from qa.encoder import load_encoder
    from qa.evaluate.calibrate import calibrate, keep, nothing_known, of_gold, of_squad, table
    from qa.evaluate.questions import read_gold
    from qa.library import Library
    from qa.report import progress_bar

    folder = index_folder(arguments.index)
    if arguments.gold or not arguments.write:
        library = Library.open(folder)
        settings, encoder = library.store.settings, library.encoder
    else:
        encoder = load_encoder()
        settings = {"model": "", "fingerprint": encoder.fingerprint, "pipeline": PIPELINE}
    before, _ = calibration(settings)
    with progress_bar(sys.stderr, unit="question") as progress:
        if arguments.gold:
            start = replace(before, encoder=encoder.fingerprint)
            examples = of_gold(read_gold(arguments.gold), library, progress=progress)
        else:
            start = nothing_known(encoder.fingerprint)
            examples = of_squad(arguments.corpus, encoder, model=settings["model"], progress=progress)
    fitted = calibrate(examples, start, before)
    if arguments.write:
        arguments.write.write_text(as_text(fitted.after) + "\n", encoding="utf-8")
    else:
        keep(fitted.after, folder)
    sys.stdout.write(table(fitted) + "\n")
    return ANSWERED
