"""`qa encode` and `qa migrate`: encoding on many machines, and bringing indexes to another store."""

from __future__ import annotations

import argparse
import re
import sys

from qa.cli.options import ANSWERED, ERROR, complain, path, place


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    encode = commands.add_parser(
        "encode",
        help="encode one share of the articles, to be put together by `qa migrate` (docs/milvus.md)",
        epilog="example: qa encode ~/articles --shard 3/16 --into shards",
    )
    encode.add_argument("paths", nargs="+", type=path, metavar="PATH", help="folder or file: the same for all")
    encode.add_argument(
        "--shard", required=True, type=_shard, metavar="N/M", help="which of how many shares this worker takes"
    )
    encode.add_argument("--into", required=True, type=path, metavar="DIR", help="the folder of all shards")
    encode.add_argument("--model", default="", help="a sentence-transformers model (default: bundled)")
    encode.set_defaults(run=_encode)

    migrate = commands.add_parser(
        "migrate",
        help="copy indexes to another store, without encoding again (docs/milvus.md)",
        epilog="example: qa migrate --from index --to milvus:http://localhost:19530",
    )
    migrate.add_argument(
        "--from", nargs="+", required=True, type=place, metavar="PLACE", dest="sources", help="one or more indexes"
    )
    migrate.add_argument(
        "--to", required=True, type=place, metavar="PLACE", dest="target", help="a folder or milvus:…"
    )
    migrate.set_defaults(run=_migrate)


def _shard(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"([1-9][0-9]{0,4})/([1-9][0-9]{0,4})", text)
    if not found or int(found[1]) > int(found[2]):
        raise argparse.ArgumentTypeError(f"{text} is no share: write the third of sixteen as 3/16")
    return int(found[1]), int(found[2])


def _encode(arguments: argparse.Namespace) -> int:
    from qa.cli.index import bring_up_to_date

    number, of = arguments.shard
    folder = arguments.into / f"{number:0{len(str(of))}}-of-{of}"
    return bring_up_to_date(arguments.paths, folder, model=arguments.model, shard=arguments.shard)


def _migrate(arguments: argparse.Namespace) -> int:
    from qa.migrate import migrate
    from qa.report import progress_bar
    from qa.store.place import called

    with progress_bar(sys.stderr) as progress:
        done = migrate(arguments.sources, arguments.target, progress=progress)
    sys.stdout.write(
        f"{done.copied:,} articles copied, {done.unchanged:,} there already; "
        f"{called(arguments.target)} has {done.articles:,} articles, {done.passages:,} passages: "
        "compared, all alike\n"
    )
    if done.others:
        complain(f"{done.others:,} articles there are of other indexes, and stay")
    if done.missing:
        complain(f"of the shards {', '.join(done.missing)} are missing: encode them, then migrate again")
    return ERROR if done.missing else ANSWERED
