"""Every setting of the server, in one table: environment name, default, meaning. None is required."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.errors import SettingError


@dataclass(frozen=True)
class Setting:
    """One environment variable; `secret` ones also accept NAME_FILE and are masked when shown."""

    name: str
    default: str
    meaning: str
    secret: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting("KAOPING_HOST", "127.0.0.1", "监听地址；只有本机能访问的回环地址是默认值"),
    Setting("KAOPING_PORT", "8000", "监听端口"),
    Setting("KAOPING_INSTANCE", "instance", "数据文件夹：数据库、附件、密钥"),
    Setting("KAOPING_DATABASE_URL", "", "数据库；空为数据文件夹里的 SQLite，或 postgresql://用户@主机/库", secret=True),
    Setting("KAOPING_QUEUE_URL", "", "任务提醒；空为数据文件夹里的 SQLite，或 redis://主机:6379/0", secret=True),
    Setting("KAOPING_STORAGE_URL", "", "附件；空为数据文件夹里的 files/"),
    Setting("KAOPING_SECRET_KEY", "", "会话签名密钥；空则首次启动时生成并存入数据文件夹", secret=True),
    Setting("KAOPING_WORKERS", "1", "网页进程数；SQLite 用 1 即可"),
    Setting("KAOPING_COOKIE_SECURE", "0", "只经 HTTPS 发送会话；对外服务时设为 1"),
    Setting("KAOPING_MAX_UPLOAD_MB", "20", "一份附件的上限，兆字节"),
    Setting("KAOPING_CHANNELS", "", "站内消息以外的通知渠道，逗号隔开；空为没有，有哪些由插件提供"),
)


@dataclass(frozen=True)
class Settings:
    """The effective values of one process."""

    host: str
    port: int
    instance: Path
    database_url: str
    queue_url: str
    storage_url: str
    secret_key: str
    workers: int
    cookie_secure: bool
    max_upload_mb: int
    channels: tuple[str, ...] = ()


def _text(environ: Mapping[str, str], setting: Setting) -> str:
    if setting.secret and (path := environ.get(setting.name + "_FILE")):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as fault:
            raise SettingError(f"{setting.name}_FILE：读不了 {path}（{fault.strerror}）。") from fault
    return environ.get(setting.name, setting.default)


def _whole(name: str, text: str, low: int, high: int) -> int:
    if not text.isdigit() or not low <= int(text) <= high:
        raise SettingError(f"{name}：应为 {low} 到 {high} 的整数，现在是“{text}”。")
    return int(text)


def _instance_folder(text: str) -> Path:
    path = Path(text).absolute()
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as fault:
        raise SettingError(
            f"KAOPING_INSTANCE：数据文件夹 {path} 不可写（{fault.strerror}）。请改权限，或把 KAOPING_INSTANCE 指向别处。"
        ) from fault
    return path


def _secret_key(given: str, instance: Path) -> str:
    if given:
        if len(given) < 32:
            raise SettingError("KAOPING_SECRET_KEY：至少 32 个字符。可用 openssl rand -hex 32 生成。")
        return given
    path = instance / "secret_key"
    try:
        with path.open("x", encoding="ascii") as file:
            path.chmod(0o600)
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii").strip()


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment; makes the instance folder and, once, the session key.

    Raises SettingError, naming the variable and the way out.
    """
    env = os.environ if environ is None else environ
    value = {s.name.removeprefix("KAOPING_").lower(): _text(env, s) for s in SETTINGS}
    instance = _instance_folder(value["instance"])
    return Settings(
        host=value["host"],
        port=_whole("KAOPING_PORT", value["port"], 1, 65535),
        instance=instance,
        database_url=value["database_url"] or f"sqlite:///{instance / 'kaoping.db'}",
        queue_url=value["queue_url"] or f"sqlite:///{instance / 'queue.db'}",
        storage_url=value["storage_url"] or f"file://{instance / 'files'}",
        secret_key=_secret_key(value["secret_key"], instance),
        workers=_whole("KAOPING_WORKERS", value["workers"], 1, 64),
        cookie_secure=value["cookie_secure"] == "1",
        max_upload_mb=_whole("KAOPING_MAX_UPLOAD_MB", value["max_upload_mb"], 1, 1024),
        channels=tuple(key.strip() for key in value["channels"].split(",") if key.strip()),
    )
