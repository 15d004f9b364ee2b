"""`qa index`: make the index agree with files and folders."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from qa.cli.options import ANSWERED, ERROR, add_index, complain, path
from qa.errors import ConfigError


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "index",
        help="make the index agree with files and folders",
        epilog="example: qa index seeds; later, to bring the index up to date: qa index",
    )
    command.add_argument(
        "paths",
        nargs="*",
        type=path,
        metavar="PATH",
        help="folder or file (default: those indexed before, else seeds/)",
    )
    command.add_argument("--model", help="a sentence-transformers model, by name or folder (default: bundled)")
    command.add_argument(
        "--rebuild",
        action="store_true",
        help="read and store everything anew; what has been encoded is not encoded again",
    )
    command.add_argument("--dry-run", action="store_true", help="say what would be done, and write nothing")
    add_index(command)
    command.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from qa.config import articles_folder, index_folder
    from qa.index import corpora

    folder = index_folder(arguments.index)
    model, before = corpora(folder)
    paths = arguments.paths or before or articles_folder(folder)
    if not paths:
        raise ConfigError("which articles? name a folder or file: `qa index FOLDER`")
    gone = [] if arguments.paths or arguments.rebuild else [root for root in paths if not root.exists()]
    if len(gone) == len(paths):
        names = ", ".join(map(str, gone))
        raise ConfigError(
            f"{names} is gone, its articles stay in the index: bring it back, or `qa index FOLDER` its new place"
        )
    paths = [root for root in paths if root not in gone]
    for missing in gone:
        complain(f"{missing} is gone: its articles stay in the index until their new place is named")
    name = arguments.model if arguments.model is not None else model
    if arguments.rebuild:
        if lost := [root for root in before if not root.exists()]:
            raise ConfigError(
                f"{', '.join(map(str, lost))} is gone, and its articles would be: bring it back, "
                f"or build another index with `qa index FOLDER --index DIR`"
            )
        paths = [*before, *paths]
    if arguments.dry_run:
        return _preview(paths, folder, name, arguments.rebuild)
    status = bring_up_to_date(paths, folder, model=name, rebuild=arguments.rebuild)
    return ERROR if gone else status


def bring_up_to_date(
    paths: Sequence[Path],
    folder: Path,
    *,
    model: str,
    rebuild: bool = False,
    shard: tuple[int, int] | None = None,
) -> int:
    """Index with a progress bar, then say what was done and what was skipped; gives the exit status."""
    from qa.encoder import load_encoder
    from qa.index import update
    from qa.report import closing_line, progress_bar

    encoder = load_encoder(model or None)
    with progress_bar(sys.stderr) as progress:
        report = update(paths, folder, encoder, model=model, rebuild=rebuild, shard=shard, progress=progress)
    for skipped, reason in report.skipped:
        complain(f"skipped {skipped}: {reason}")
    sys.stdout.write(closing_line(report) + "\n")
    return ERROR if report.skipped else ANSWERED


def _preview(paths: Sequence[Path], folder: Path, model: str, rebuild: bool) -> int:
    from qa.encoder import load_encoder
    from qa.index import preview
    from qa.report import plan_lines, progress_bar

    with progress_bar(sys.stderr) as progress:
        plan = preview(paths, folder, load_encoder(model or None), rebuild=rebuild, progress=progress)
    for skipped, reason in plan.skipped:
        complain(f"would skip {skipped}: {reason}")
    for line in plan_lines(plan):
        sys.stdout.write(line + "\n")
    return ERROR if plan.skipped else ANSWERED
