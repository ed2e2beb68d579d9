import os
import stat

import pytest

from mediaops import env
from mediaops.env import BadSetting
from mediaops.lib import logs, redis_server


def test_env_file_fills_what_is_not_set(tmp_path, monkeypatch):
    monkeypatch.setenv("SET_BEFORE", "outside")
    monkeypatch.delenv("FROM_FILE", raising=False)
    file = tmp_path / ".env"
    file.write_text("# words\n\nexport FROM_FILE = 'a=b'\nSET_BEFORE=inside\n")
    env.read_env_file(file)
    assert (os.environ.pop("FROM_FILE"), os.environ["SET_BEFORE"]) == ("a=b", "outside")


@pytest.mark.parametrize("content", [b"just words\n", b"A B=1\n", b"\xff\xfe\x00", b"=x\n"])
def test_broken_env_file_is_named(tmp_path, content):
    file = tmp_path / ".env"
    file.write_bytes(content)
    with pytest.raises(BadSetting, match=r"^\.env"):
        env.read_env_file(file)


def test_env_file_that_is_a_folder_is_named(tmp_path):
    with pytest.raises(BadSetting, match=r"\.env cannot be read"):
        (tmp_path / ".env").mkdir()
        env.read_env_file(tmp_path / ".env")


def test_secret_is_made_once_and_kept_from_others(tmp_path):
    first = env.secret("NO_SUCH_SETTING", tmp_path)
    assert env.secret("NO_SUCH_SETTING", tmp_path) == first
    assert stat.S_IMODE((tmp_path / "no_such_setting.txt").stat().st_mode) == 0o600


def test_value_can_come_from_a_file(tmp_path, monkeypatch):
    (tmp_path / "key").write_text("words\n")
    monkeypatch.setenv("SOME_KEY_FILE", str(tmp_path / "key"))
    assert env.text("SOME_KEY") == "words"
    monkeypatch.setenv("SOME_KEY_FILE", str(tmp_path / "none"))
    with pytest.raises(BadSetting, match="SOME_KEY_FILE"):
        env.text("SOME_KEY")


@pytest.mark.parametrize("path", ["plain", "with space", "ü%20?x"])
def test_sqlite_is_the_default_wherever_the_folder_is(tmp_path, monkeypatch, path):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    config = env.database("DATABASE_URL", tmp_path / path / "m.sqlite3")
    assert config["NAME"] == str(tmp_path / path / "m.sqlite3")
    assert config["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_postgresql_address_is_read(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://u:p%40ss@db.example:5433/name")
    config = env.database("DATABASE_URL", None)
    assert (config["USER"], config["PASSWORD"], config["PORT"]) == ("u", "p@ss", 5433)


@pytest.mark.parametrize("url", ["mysql://a@b/c", "nonsense", "postgres://[::1"])
def test_other_databases_are_refused(monkeypatch, url):
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(BadSetting, match="DATABASE_URL"):
        env.database("DATABASE_URL", None)


def test_celery_spells_sockets_its_own_way():
    assert env.broker("unix:///a/b.sock?db=3") == "redis+socket:///a/b.sock?virtual_host=3"
    assert env.broker("redis://h:1/2") == "redis://h:1/2"


def test_socket_moves_when_its_path_is_too_long(tmp_path):
    assert redis_server.socket_path(tmp_path) == tmp_path / "redis.sock"
    deep = tmp_path / ("x" * 60) / ("y" * 60)
    assert len(str(redis_server.socket_path(deep))) <= redis_server.LONGEST_SOCKET


@pytest.mark.parametrize(
    "line",
    [
        "Authorization: Bearer mo_abcdefghijklmnop",
        "made mo_S3cr3tS3cr3tS3cr3t",
        "GET https://api.example/x?access_token=S3cr3tS3cr3t&a=1",
        "postgres://user:S3cr3tS3cr3t@host/db",
        '{"appsecret": "S3cr3tS3cr3t"}',
        "GET /join/S3cr3tS3cr3t/ 200",
    ],
)
def test_secrets_do_not_reach_the_log(line):
    clean = logs.redact(line)
    assert "S3cr3t" not in clean
    assert "abcdefghijklmnop" not in clean
    assert logs.HIDDEN in clean


def test_named_values_are_hidden_however_deep():
    event = logs.hide_secrets(
        None, "", {"event": "x", "credentials": {"a": 1}, "sent": {"headers": [{"Cookie": "abc"}]}}
    )
    assert event == {"event": "x", "credentials": logs.HIDDEN, "sent": {"headers": [{"Cookie": logs.HIDDEN}]}}


def test_ordinary_lines_stay_as_they_are():
    line = "publication 12 live after 340 ms at https://example.org/a?page=2"
    assert logs.redact(line) == line
