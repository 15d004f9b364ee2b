from __future__ import annotations

from pathlib import Path

import pytest

from qa.errors import ConfigError
from qa.telegram.settings import Settings, read


def toml(folder: Path, text: str) -> Path:
    file = folder / "bot.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_by_default_nobody_may_ask_and_nothing_listens() -> None:
    assert read(None, {}) == Settings()
    assert not Settings().public
    assert Settings().status_port == 0
    assert Settings().webhook_listen == Settings().status_listen == "127.0.0.1"
    assert not Settings().log_questions


def test_the_environment_has_the_last_word(tmp_path: Path) -> None:
    file = toml(tmp_path, 'token = "1:a"\nallowed = [7, -100]\npublic = true\nworkers = 2\nindex = "/srv"\n')
    settings = read(file, {"ISNAD_BOT_ALLOWED": "8, 9", "TELEGRAM_BOT_TOKEN": " 2:b ", "ISNAD_BOT_PUBLIC": "no"})
    assert (settings.token, settings.allowed, settings.public) == ("2:b", frozenset({8, 9}), False)
    assert (settings.workers, settings.folder) == (2, Path("/srv"))
    assert read(file, {}).allowed == frozenset({7, -100})
    assert read(None, {"ISNAD_BOT_ADMINS": "", "ISNAD_BOT_STATUS_PORT": "9000"}).status_port == 9000


def test_a_token_may_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("3:c\n")
    assert read(None, {"ISNAD_BOT_TOKEN_FILE": str(tmp_path / "token")}).token == "3:c"
    with pytest.raises(ConfigError, match=r"token_file .* cannot be read"):
        read(None, {"ISNAD_BOT_TOKEN_FILE": str(tmp_path / "none")})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("nonsense", "is not TOML"),
        ("tokne = '1:a'", "tokne in .* is no setting of the bot: they are token, token_file"),
        ("token = 1", "token in .* must be a text"),
        ("public = 1", "must be true or false"),
        ("workers = 'two'", "must be a whole number"),
        ("workers = true", "must be a whole number"),
        ("workers = 0", "workers is 0: give a number from 1 on"),
        ("allowed = 7", "must be a list of Telegram's numeric ids"),
        ("allowed = ['seven']", "must be a list of Telegram's numeric ids"),
        ("status_port = 70000", "status_port is 70000"),
        ("log_format = 'xml'", "log_format is 'xml'"),
        ("webhook_url = 'http://x.example/'", "must begin with https://"),
        ("webhook_url = 'https://x.example/'\nwebhook_secret = 'short'", "webhook_secret must have 16"),
        ("api_url = 'ftp://x'", "api_url must begin"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason) as error:
        read(toml(tmp_path, text), {})
    assert "\n" not in str(error.value)


def test_a_wrong_variable_is_named() -> None:
    with pytest.raises(ConfigError, match="ISNAD_BOT_PUBLICK is no setting"):
        read(None, {"ISNAD_BOT_PUBLICK": "1"})
    with pytest.raises(ConfigError, match="ISNAD_BOT_PUBLIC must be true or false"):
        read(None, {"ISNAD_BOT_PUBLIC": "perhaps"})


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml cannot be read"):
        read(tmp_path / "none.toml", {})
