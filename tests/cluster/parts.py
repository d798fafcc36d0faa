"""PostgreSQL, Kafka, S3 and a mail server on the host, at the address by which pods reach it."""

from collections.abc import Sequence
from pathlib import Path

from cluster.control_plane import NODE_ADDRESS, POD_NETWORK
from typing_extensions import override

from local_parts.kafka import Kafka
from local_parts.mail_catcher import MailCatcher
from local_parts.postgresql import PostgreSQL
from local_parts.seaweedfs import SeaweedFS

__all__ = ["Parts"]


class _ReachablePostgreSQL(PostgreSQL):
    @override
    def _prepare(self) -> None:
        super()._prepare()
        lets_in = self.folder / "data" / "pg_hba.conf"
        rule = f"host all all {POD_NETWORK} scram-sha-256\n"
        if rule not in lets_in.read_text():
            lets_in.write_text(lets_in.read_text() + rule)


class _ReachableKafka(Kafka):
    @property
    @override
    def address(self) -> str:
        return f"{NODE_ADDRESS}:{self.port}"

    @override
    def _prepare(self) -> None:
        super()._prepare()
        properties = self.folder / "server.properties"
        text = properties.read_text()
        lines = [
            line.replace(f"PLAINTEXT://127.0.0.1:{self.port}", f"PLAINTEXT://{address}:{self.port}")
            for line in text.splitlines()
            for address in ["0.0.0.0" if line.startswith("listeners") else NODE_ADDRESS]
        ]
        properties.write_text("\n".join(lines) + "\n")


class _ReachableSeaweedFS(SeaweedFS):
    @property
    @override
    def address(self) -> str:
        return f"http://{NODE_ADDRESS}:{self.port}"

    @override
    def _command(self) -> Sequence[str]:
        return ["-ip.bind=0.0.0.0" if word == "-ip.bind=127.0.0.1" else word for word in super()._command()]


class Parts:
    """The parts that a release of the chart is pointed at."""

    def __init__(self, folder: Path) -> None:
        self.database = _ReachablePostgreSQL(
            folder / "postgresql",
            password="a secret of PostgreSQL",
            # The parts are not what is tested here, and none is killed: the machine's one disk is spared.
            settings={"listen_addresses": "*", "fsync": "off", "synchronous_commit": "off"},
        )
        self.kafka = _ReachableKafka(folder / "kafka")
        self.objects = _ReachableSeaweedFS(folder / "seaweedfs")
        self.mail = MailCatcher(folder / "mail", host=NODE_ADDRESS)

    @property
    def database_url(self) -> str:
        """Where pods find the database, for SQLAlchemy."""
        address = self.database.address_of("postgres", "postgresql+asyncpg")
        return address.replace("@127.0.0.1:", f"@{NODE_ADDRESS}:")

    def start(self) -> None:
        """Start all of them; the bridge must be there."""
        for part in (self.database, self.kafka, self.objects, self.mail):
            part.start()

    def stop(self) -> None:
        """Stop all of them."""
        for part in (self.mail, self.objects, self.kafka, self.database):
            part.stop()
