"""How PostgreSQL answers the lists of the API on a large database: no large table is read from one end to the other."""

import tempfile
from collections import Counter
from pathlib import Path

from scale_installation import Line, ScaleInstallation
from sqlalchemy.engine import make_url
from support.many_rows import Population
from support.query_plans import LISTS, plans_of
from support.service import Caller, running

from ingest_api.module import MODULE

__all__ = ["plans_line"]


async def plans_line(installation: ScaleInstallation, population: Population, token: str) -> Line:
    """Explain what each list asks, for an operator, for one who has nothing, and for who sees all.

    The API runs in this process, on the database of the installation, so that its statements can be heard.
    """
    url = make_url(installation.database).set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)
    whole: Counter[str] = Counter()
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        async with running([MODULE], Path(folder), database={"url": url}) as service:
            operator = Caller(service.with_token(token), population.organization_ids[0], token)
            everybody = {
                "operator": operator,
                "newcomer": await service.operator("Newcomer"),
                "administrator": await service.staff(),
            }
            for who, caller in everybody.items():
                for path in LISTS:
                    for plan in await plans_of(service, caller, population, path):
                        count += 1
                        whole.update(f"{table} for {path} of the {who}" for table in plan.tables_read_whole)
    remark = f"{count} plans of {len(LISTS)} lists of {len(everybody)} callers, for the values and for any"
    return Line(
        f"query plans at {10 * population.events:,} CDMs and {population.events:,} events",
        f"{sum(whole.values())} read whole",
        "no table",
        "",
        not whole,
        "; ".join([remark, *whole]),
    )
