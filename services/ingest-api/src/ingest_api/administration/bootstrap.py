"""The first start: an organization that runs the service, its administrator, and a way in."""

from sqlalchemy.exc import IntegrityError

from ingest_api.settings import IngestApiSettings
from records.identity.permissions import Role
from records.identity.reads import operations_organization, user_with_email
from records.identity.writes import add_membership, add_organization, add_sign_in_link, add_token, add_user
from servicekit.context import Context
from servicekit.settings import read_settings
from servicekit.store import Actor

__all__ = ["ADMINISTRATOR_EMAIL", "OPERATIONS", "create_sign_in_link", "ensure_administrator", "sign_in_address"]

OPERATIONS = "Operations"
ADMINISTRATOR_EMAIL = "administrator@localhost"

_BOOTSTRAP = Actor("system", "bootstrap")


async def ensure_administrator(context: Context) -> str | None:
    """Make the operations organization with its administrator, and return the administrator's token, this once.

    Returns None where that has been done before, also by another process at the same moment.
    """
    async with context.store.read() as session:
        if await operations_organization(session) is not None:
            return None
    try:
        async with context.store.write(_BOOTSTRAP) as unit:
            operations = await add_organization(unit, name=OPERATIONS, service_level="advanced", is_operations=True)
            person = await add_user(unit, name="Administrator", email=ADMINISTRATOR_EMAIL)
            await add_membership(unit, person.id, operations.id, Role.ADMIN)
            _, secret = await add_token(
                unit, organization_id=operations.id, name="first administrator", role=Role.ADMIN
            )
    except IntegrityError:  # another process was faster
        return None
    return secret


async def create_sign_in_link(context: Context, email: str = ADMINISTRATOR_EMAIL) -> str:
    """Return an address that signs the person with this e-mail address into the operations organization, once.

    For whoever holds the machine: over HTTP the route asks for a permission.

    Raises
    ------
    LookupError
        There is no such person.
    """
    lifetime = read_settings(IngestApiSettings).sign_in_link_lifetime
    async with context.store.write(_BOOTSTRAP) as unit:
        person = await user_with_email(unit.session, email)
        operations = await operations_organization(unit.session)
        if person is None or operations is None:
            raise LookupError(f"there is no user {email}: start the service once, so that it makes its administrator")
        _, secret = await add_sign_in_link(unit, user_id=person.id, organization_id=operations.id, lifetime=lifetime)
    return sign_in_address(context, secret)


def sign_in_address(context: Context, secret: str) -> str:
    """Return the page that a sign-in link leads to."""
    return f"{context.settings.http.base_url}/sign-in?code={secret}"
