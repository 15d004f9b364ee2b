"""`qa status`, `qa doctor`, `qa backup`, `qa restore`: looking after an index."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from qa.cli.options import ANSWERED, ERROR, add_index, add_json, path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from qa.store.backup import Manifest
    from qa.store.doctor import Check
    from qa.store.status import Status


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    status = commands.add_parser("status", help="what the index holds", epilog="example: qa status --json")
    status.set_defaults(run=_status)

    doctor = commands.add_parser(
        "doctor", help="whether the index is sound, and what to do if not", epilog="example: qa doctor --fix"
    )
    doctor.add_argument("--fix", action="store_true", help="mend what can be mended")
    doctor.set_defaults(run=_doctor)

    backup = commands.add_parser(
        "backup", help="write the index to one file, while it is in use", epilog="example: qa backup isnad.zip"
    )
    backup.add_argument("file", type=path, metavar="FILE")
    backup.set_defaults(run=_backup)

    restore = commands.add_parser(
        "restore", help="make the index what it was", epilog="example: qa restore isnad.zip --index index"
    )
    restore.add_argument("file", type=path, metavar="FILE", help="that `qa backup` wrote")
    restore.add_argument("--force", action="store_true", help="replace the index that is there")
    restore.set_defaults(run=_restore)

    for command in (status, doctor, backup, restore):
        add_index(command)
        add_json(command)


def _status(arguments: argparse.Namespace) -> int:
    from qa.as_json import status_json
    from qa.config import index_folder
    from qa.store.status import read_status

    status = read_status(index_folder(arguments.index))
    sys.stdout.write((status_json(status) if arguments.json else "\n".join(_as_lines(status))) + "\n")
    return ANSWERED


def _as_lines(status: Status) -> Iterator[str]:
    languages = ", ".join(f"{n:,} {lang}" for lang, n in status.languages.items())
    found = f", which finds {status.recall:.1%} of what exact search does" if status.recall is not None else ""
    of_them = f"{status.copies:,} {'copy' if status.copies == 1 else 'copies'} of them from other sources"
    rows = {
        "index": str(status.folder),
        "articles": f"{status.articles:,}"
        + f" ({languages})" * bool(languages)
        + f", and {of_them}" * bool(status.copies),
        "passages": f"{status.passages:,}",
        "search": status.search + found,
        "model": status.model,
        "fingerprint": status.fingerprint,
        "pipeline": status.pipeline,
        "format": str(status.format),
        "generation": status.generation,
        "updated": status.updated,
        "size": f"{sum(status.sizes.values()) / 1e6:,.1f} MB",
    }
    rows["writer"] = status.writer or "nobody is writing"
    for name, value in rows.items():
        yield f"{name:12} {value}"
    for name, values in (("articles in", status.corpora), ("left out", status.removed)):
        for n, value in enumerate(values):
            yield f"{name if n == 0 else '':12} {value}"


def _doctor(arguments: argparse.Namespace) -> int:
    from qa.as_json import doctor_json
    from qa.config import index_folder
    from qa.store.doctor import examine, mend

    folder = index_folder(arguments.index)
    checks, mended = examine(folder, _fingerprint), []
    if arguments.fix and any(check.mend for check in checks):
        mended = mend(folder, checks)
        checks = examine(folder, _fingerprint)
    sys.stdout.write((doctor_json(checks, mended) if arguments.json else _as_table(checks, mended)) + "\n")
    return ERROR if any(check.severity == "FAIL" for check in checks) else ANSWERED


def _fingerprint(model: str) -> str | None:
    """That of the bundled encoder; another may have to be fetched first, and takes a while to load."""
    from qa.encoder import load_encoder

    return None if model not in {"", "bundled"} else load_encoder().fingerprint


def _as_table(checks: Sequence[Check], mended: Sequence[str]) -> str:
    lines = [f"mended: {what}" for what in mended]
    for check in checks:
        lines.append(f"{check.severity:4}  {check.name:18} {check.detail}")
        if check.remedy:
            lines.append(f"{'':25}→ {check.remedy}")
    return "\n".join(lines)


def _backup(arguments: argparse.Namespace) -> int:
    from qa.config import index_folder
    from qa.store.backup import backup

    manifest = backup(index_folder(arguments.index), arguments.file)
    _say(manifest, f"in {arguments.file}", arguments)
    return ANSWERED


def _restore(arguments: argparse.Namespace) -> int:
    from qa.config import index_folder
    from qa.store.restore import restore

    folder = index_folder(arguments.index)
    manifest = restore(arguments.file, folder, force=arguments.force)
    _say(manifest, f"of {manifest.created} in {folder}", arguments)
    return ANSWERED


def _say(manifest: Manifest, where: str, arguments: argparse.Namespace) -> None:
    if arguments.json:
        from qa.as_json import manifest_json

        text = manifest_json(manifest)
    else:
        text = f"{manifest.articles:,} articles, {manifest.passages:,} passages {where}"
    sys.stdout.write(text + "\n")
