"""A month at Space-Track in a few minutes: many organizations, three gateways, and something that goes wrong each day.

Everything random comes from one seed, so that a month that failed can be lived through again.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import httpx
from support import rows
from support.embedded import deliver
from support.gateway import Station
from support.spacetrack import IDENTITY, SimulatorTransport, sample_cdm
from typing_extensions import override

from notifier.module import MODULE as NOTIFIER
from records.identity.reads import operations_organization
from records.identity.tables import Organization
from records.spacetrack_gateway import reads
from records.validator.tables import Ephemeris
from spacetrack_gateway.feed import FEED, report_feed, report_links
from spacetrack_gateway.gateway import Gateway
from spacetrack_gateway.work import gateway_of
from spacetrack_simulator import Faults, Outage, RowFaults
from spacetrack_simulator.faults import OutageStyle
from spacetrack_simulator.screening import Order, Outcome

__all__ = ["OPERATIONS", "TOLD", "Month", "Operator", "address_of"]

FIRST_SATELLITE: Final = 91_000
LONGEST_STEP: Final = timedelta(minutes=30)
LINKS_LOOKED_AT_EVERY: Final = timedelta(hours=6)
OPERATIONS: Final = "operations@fairway.example"
TOLD: Final = 3
"""How many operators have somebody who can be told."""
LONG_OUTAGE: Final = timedelta(hours=20)
SHORTEST_STEP: Final = timedelta(seconds=5)
Moment = Literal["before", "after"]


class Killed(BaseException):
    """The process is gone; nothing may catch it."""


class DyingTransport(httpx.AsyncBaseTransport):
    """Requests to the site by a process that may die before one is sent, or after it was answered."""

    def __init__(self, inner: SimulatorTransport) -> None:
        self._inner = inner
        self.dies: Moment | None = None

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.dies == "before":
            raise Killed
        response = await self._inner.handle_async_request(request)
        if self.dies == "after":
            raise Killed
        return response


@dataclass
class Pod:
    """One gateway among three, and its connection."""

    gateway: Gateway
    transport: DyingTransport


def address_of(number: int) -> str:
    """Return where the operator of that number is told."""
    return f"flight{number}@operator.example"


@dataclass(frozen=True)
class Operator:
    """An organization with one satellite and a folder at the site."""

    organization: Organization
    gid: int
    norad_cat_id: int


class FindsOne:
    """A screener that finds one conjunction for each file, and names the file in its message."""

    def screen(self, order: Order) -> Outcome:
        message = sample_cdm(
            100_000 + order.file_id,
            primary=order.norad_cat_id,
            tca=order.now + timedelta(days=2),
            ephemeris_names=(order.file_name, "NONE"),
        )
        return Outcome("conjunctions", (message,))


@dataclass
class Month:
    """The month. `live` lets it pass; what happened is kept for the assertions.

    Attributes
    ----------
    operators
        In the order of their satellites.
    ephemerides
        Everything that was accepted.
    wounds
        What went wrong, and when, for a reader.
    takeovers
        How often the process that worked was killed.
    """

    station: Station
    seed: int
    days: int
    operators: list[Operator] = field(default_factory=list)
    ephemerides: list[Ephemeris] = field(default_factory=list)
    wounds: list[tuple[datetime, str]] = field(default_factory=list)
    long_outages: int = 0
    takeovers: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self._turns = random.Random(self.seed)  # of its own: how often it is asked depends on how the work goes
        self._pods = [self._pod(number) for number in range(3)]
        self._born = 3
        self._links_looked_at = self.station.clock.now()
        self._feed_version = 0
        self._messages = 0

    async def furnish(self, count: int) -> None:
        """Let operators sign up, each with the consent to send its files."""
        simulator = self.station.site.simulator
        simulator.screenings.screener = FindsOne()
        async with self.station.ctx.store.read() as session:
            operations = await operations_organization(session)
        assert operations is not None
        await rows.add(self.station.ctx.store, *rows.member(operations, OPERATIONS, "admin"))
        for number in range(count):
            name, satellite = f"OPERATOR {number:02d}", FIRST_SATELLITE + number
            gid = simulator.add_organization(name, objects=[satellite])
            simulator.accounts.join(IDENTITY, gid)
            simulator.add_folder(f"/Ephemeris/{name}", gid=gid, grants={IDENTITY: "rw"})
            simulator.add_satellite(satellite, f"BIRD {number}", gid=gid, hard_body_radius_m=2.0)
            organization = rows.organization(name, space_track_title=name, gid=str(gid))
            await rows.add(self.station.ctx.store, organization, rows.satellite(satellite, organization))
            if number < TOLD:
                await rows.add(self.station.ctx.store, *rows.member(organization, address_of(number), "operator"))
            await self.station.consent(organization=organization)
            self.operators.append(Operator(organization, gid, satellite))

    async def live(self, *, uploads_a_day: int, messages_a_day: int) -> None:
        """Let the days pass: uploads, messages, faults in each, a death every other day; then two quiet ones."""
        for day in range(self.days):
            await self._upload(uploads_a_day)
            todays = sorted(self.chance.uniform(0, 86_400) for _ in range(4))
            wound = self._long_outage if day % 10 == 5 else self._wound
            happenings: list[Callable[[], None]] = [wound, self._publisher(messages_a_day // 2)]
            happenings += [
                self._death if day % 2 else self._wound,
                self._publisher(messages_a_day - messages_a_day // 2),
            ]
            begin = self.station.clock.now()
            for at, happening in zip(todays, happenings, strict=True):
                await self._pass_until(begin + timedelta(seconds=at))
                happening()
            await self._pass_until(begin + timedelta(days=1))
        self.station.site.simulator.set_faults(Faults())
        self.station.site.simulator.outages.end()
        await self._pass_until(self.station.clock.now() + timedelta(days=2))

    async def _pass_until(self, end: datetime) -> None:
        """Let time pass: every gateway has its turn, and again when the one that works said that it would come."""
        simulator, clock = self.station.site.simulator, self.station.clock
        while clock.now() < end:
            now = clock.now()
            again = [now + SHORTEST_STEP]
            for pod in self._turns.sample(self._pods, len(self._pods)):
                try:
                    again.append(await pod.gateway.run_due())
                except Killed:
                    self._replace(pod)
            await self._report()
            # Those that stand by come every minute; the one that works knows what is next.
            clock.put_forward(min(max(again), now + LONGEST_STEP, end) - now)
            simulator.tick()

    async def _report(self) -> None:
        """Write down how the feeds stand, and tell of it where it is news."""
        ctx, now = self.station.ctx, self.station.clock.now()
        await report_feed(ctx)
        are_links_due = now - self._links_looked_at >= LINKS_LOOKED_AT_EVERY
        if are_links_due:
            self._links_looked_at = now
            await report_links(ctx)
        async with ctx.store.read() as session:
            feed = await reads.feed(session, FEED)
        if feed is not None and (are_links_due or feed.row_version != self._feed_version):
            self._feed_version = feed.row_version
            await deliver(ctx, NOTIFIER.consumers)

    async def _upload(self, count: int) -> None:
        for operator in self.chance.sample(self.operators, count):
            designation = "special" if self.chance.random() < 0.2 else "operational"
            number = len(self.ephemerides)
            self.ephemerides.append(
                await self.station.add_ephemeris(
                    operator.norad_cat_id,
                    organization=operator.organization,
                    designation=designation,
                    content=f"CCSDS_OEM_VERS = 2.0\nCOMMENT file {number}\n".encode(),
                )
            )
        await deliver(self.station.ctx, self.station.consumers)

    def _publisher(self, count: int) -> Callable[[], None]:
        """Messages come out; some numbers come to light late, some messages are two organizations'."""

        def publish() -> None:
            simulator, now = self.station.site.simulator, self.station.clock.now()
            for _ in range(count):
                self._messages += 1
                owner, other = self.chance.sample(self.operators, 2)
                message = sample_cdm(
                    self._messages, primary=owner.norad_cat_id, tca=now + timedelta(days=3), creation_date=now
                )
                late = timedelta(minutes=self.chance.choice([0, 0, 0, 0, 20, 300]))
                number = simulator.add_cdm(message, gid=owner.gid, visible_from=now + late)
                if self.chance.random() < 0.1:
                    simulator.add_cdm(message, gid=other.gid, cdm_id=number, visible_from=now + late)

        return publish

    def _wound(self) -> None:
        """Something goes wrong at the site."""
        simulator = self.station.site.simulator
        simulator.set_faults(Faults())
        name = self.chance.choice(["outage", "page", "rows", "upload", "session", "limit"])
        detail: Any
        match name:
            case "outage":
                hours = self.chance.choice([0.2, 1.0, 2.0, 2.0])
                styles: tuple[OutageStyle, ...] = ("503", "500-html", "reset", "hang", "200-html")
                detail = Outage(style=self.chance.choice(styles), seconds=hours * 3600)
                simulator.fail(detail)
            case "page":
                pieces: tuple[OutageStyle, ...] = ("truncated", "reset", "200-html", "502")
                detail = Outage(path="class/cdm", style=self.chance.choice(pieces), count=self.chance.randint(1, 3))
                simulator.fail(detail)
            case "rows":
                detail = self.chance.choice(
                    [
                        RowFaults(duplicate_every=3),
                        RowFaults(dates="mixed"),
                        RowFaults(unknown_columns={"SAT1_NEW": "1"}, missing_columns={"SAT2_SEDR"}),
                        RowFaults(null_covariance=True, probability="null"),
                    ]
                )
                simulator.faults.rows = detail
            case "upload":
                detail = self.chance.choice(["acknowledgement_lost", "dropped_before_storing", "damaged"])
                setattr(simulator.faults.uploads, detail, 1)
                simulator.faults.uploads.listing_lag_s = self.chance.choice([0.0, 300.0])
            case "session":
                detail = self.chance.choice(["401", "html"])
                simulator.faults.sessions.expiry = detail
                simulator.accounts.end_sessions()
            case _:
                detail = self.chance.choice(["500-text", "200-list", "200-object", "429"])
                simulator.faults.rate_limits.style = detail
                simulator.faults.rate_limits.refuse_next = 2
        self.wounds.append((self.station.clock.now(), f"{name}: {detail}"))

    def _long_outage(self) -> None:
        """The site is away for longer than a feed may be silent."""
        self.station.site.simulator.set_faults(Faults())
        self.station.site.simulator.fail(Outage(seconds=LONG_OUTAGE.total_seconds()))
        self.long_outages += 1
        self.wounds.append((self.station.clock.now(), f"outage: {LONG_OUTAGE}"))

    def _death(self) -> None:
        """Whoever sends the next request dies, before it or after it."""
        moment: Moment = self.chance.choice(["before", "after"])
        for pod in self._pods:
            pod.transport.dies = moment
        self.wounds.append((self.station.clock.now(), f"death {moment} a request"))

    def _replace(self, dead: Pod) -> None:
        """Another process takes the place of a dead one; the others live on."""
        self.takeovers += 1
        for pod in self._pods:
            pod.transport.dies = None
        self._pods[self._pods.index(dead)] = self._pod(self._born)
        self._born += 1

    def _pod(self, number: int) -> Pod:
        transport = DyingTransport(self.station.site.transport)
        gateway = gateway_of(self.station.ctx, self.station.settings, gateway_id=f"pod-{number}", transport=transport)
        return Pod(gateway, transport)
