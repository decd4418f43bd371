"""Where an S3 store is, and the file with its keys: nothing of it in database, log or command line.

The keys stand in `secrets/s3/<name of the store>.toml` of the home, readable by its owner alone:

    access_key = "…"
    secret_key = "…"
    region = "us-east-1"      # may be left out
    ca_file = "/etc/…/ca.pem" # the authority of a server of one's own; may be left out
"""

from __future__ import annotations

import re
import stat
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tangthu.kernel import deployment
from tangthu.kernel.errors import HouseError
from tangthu.kernel.isolation import LOOPBACK, is_local, local_networks

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*")
_REGION = "us-east-1"


class BadPlace(HouseError):
    """An address that no S3 store can have, or must not have here."""


class NoKeys(HouseError):
    """The file with the keys of an S3 store is missing, open to others, or says something else."""

    http_status = 503


@dataclass(frozen=True, slots=True)
class Place:
    """A folder of a bucket: `endpoint` is scheme, host and port; `prefix` is never empty."""

    endpoint: str
    bucket: str
    prefix: str

    @classmethod
    def parse(cls, url: str) -> Place:
        """The place that `https://HOST[:PORT]/BUCKET/PREFIX` names. Raises BadPlace."""
        hint = _("Ví dụ: https://10.0.0.5:8333/luu-tru/kho-c")
        try:
            parts = urlsplit(url)
            host, _port = parts.hostname, parts.port
        except ValueError as error:
            raise BadPlace(_("Địa chỉ kho S3 không đúng."), hint=hint) from error
        bucket, _slash, prefix = parts.path.strip("/").partition("/")
        if (
            parts.scheme not in ("http", "https")
            or not host
            or parts.username is not None
            or parts.query
            or parts.fragment
            or not _BUCKET.fullmatch(bucket)
            or not _PREFIX.fullmatch(prefix)
        ):
            raise BadPlace(
                _("Địa chỉ kho S3 gồm https://, máy chủ, tên bucket và một thư mục trong đó."),
                hint=hint,
            )
        return cls(f"{parts.scheme}://{parts.netloc}", bucket, prefix)

    @property
    def url(self) -> str:
        """As it is written down."""
        return f"{self.endpoint}/{self.bucket}/{self.prefix}"

    def key(self, path: str) -> str:
        """The key of an object by its path in here. Raises ValueError for one that leads out."""
        if any(part in (".", "..") for part in path.split("/")) or path.startswith("/"):
            raise ValueError(f"not a store key: {path!r}")
        return f"{self.prefix}/{path}"

    def beside(self) -> Place:
        """The sibling folder for what is kept beside the objects."""
        return replace(self, prefix=f"{self.prefix}.beside")

    def overlaps(self, other: Place) -> bool:
        """Whether one of the two would lie in the other."""
        mine, theirs = f"{self.prefix}/", f"{other.prefix}/"
        nested = mine.startswith(theirs) or theirs.startswith(mine)
        return (self.endpoint, self.bucket) == (other.endpoint, other.bucket) and nested

    @property
    def on_loopback(self) -> bool:
        """Whether the endpoint is this machine."""
        host = urlsplit(self.endpoint).hostname or ""
        return host == "localhost" or is_local(host, LOOPBACK)

    def require_allowed(self) -> None:
        """Raise BadPlace unless this installation may talk to the endpoint.

        Without TLS only to this machine; an isolated one only to its own networks, by address: a
        name would be asked of a name server (AR-128).
        """
        parts = urlsplit(self.endpoint)
        host = parts.hostname or ""
        here = self.on_loopback
        if parts.scheme == "http" and not here:
            raise BadPlace(
                _("Kho S3 ở máy khác phải dùng https."),
                hint=_("Đặt chứng thư cho máy chủ S3; chứng thư riêng thì khai ca_file."),
            )
        if deployment.isolated() and not (here or is_local(host, local_networks())):
            raise BadPlace(
                _("Kho S3 này không thuộc mạng nội bộ."),
                hint=_("Chế độ isolated_lan chỉ dùng địa chỉ trong TANGTHU_LOCAL_NETWORKS."),
            )


@dataclass(frozen=True, slots=True)
class Keys:
    """What opens an S3 store; never shown, not even in a trace."""

    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    region: str = _REGION
    ca_file: str = ""


def keys_file(name: str) -> Path:
    """The file with the keys of the store of this name."""
    path: Path = settings.HOME.secrets / "s3" / f"{name}.toml"
    return path


def load_keys(name: str) -> Keys:
    """The keys of the store of this name. Raises NoKeys."""
    path = keys_file(name)
    try:
        mode = path.lstat().st_mode
        if not stat.S_ISREG(mode) or mode & 0o077:
            raise NoKeys(
                _("Tệp khóa của kho {name} để người khác đọc được.").format(name=name),
                hint=f"chmod 600 {path}",
            )
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise NoKeys(
            _("Chưa có tệp khóa của kho {name}.").format(name=name),
            hint=_("Ghi access_key và secret_key vào {path}, quyền 600.").format(path=path),
        ) from error
    except (OSError, ValueError) as error:
        raise NoKeys(_("Không đọc được tệp khóa của kho {name}.").format(name=name)) from error
    known = {"access_key", "secret_key", "region", "ca_file"}
    text = {key: value for key, value in given.items() if isinstance(value, str) and value}
    if set(given) - known or not {"access_key", "secret_key"} <= set(text):
        raise NoKeys(
            _("Tệp khóa của kho {name} không đúng mẫu.").format(name=name),
            hint=_("Chỉ gồm access_key, secret_key, region và ca_file, là chuỗi."),
        )
    if "ca_file" in text and not Path(text["ca_file"]).is_file():
        raise NoKeys(
            _("Không có tệp chứng thư của kho {name}.").format(name=name),
            hint=_("Sửa ca_file trong {path}.").format(path=path),
        )
    return Keys(**text)
