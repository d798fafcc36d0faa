"""What can be wrong with a request to administer the service."""

from servicekit.errors import Conflict, InvalidRequest, NotFound, Unauthenticated

__all__ = [
    "DeadLetterNotFound",
    "EmailTaken",
    "KnownPairNotFound",
    "NameTaken",
    "OrganizationNotFound",
    "RoleNotAllowed",
    "SatelliteNotFound",
    "ScopeNotAllowed",
    "SignInLinkInvalid",
    "TokenNotFound",
    "UserNotFound",
]


class OrganizationNotFound(NotFound):
    """There is no such organization, or the caller may not see it."""

    code = "organization-not-found"
    title = "No such organization"
    remedy = "Look it up under /v1/organizations."


class UserNotFound(NotFound):
    """There is no such person, or they have no role in the organization."""

    code = "user-not-found"
    title = "No such user"
    remedy = "Look them up under /v1/users."


class TokenNotFound(NotFound):
    """There is no such token, or it belongs to another organization."""

    code = "token-not-found"
    title = "No such token"
    remedy = "Look it up under /v1/tokens."


class SatelliteNotFound(NotFound):
    """Nothing is recorded of this catalogue number that the caller may see."""

    code = "satellite-not-found"
    title = "No such satellite"
    remedy = "Check the catalogue number; an administrator registers satellites."


class KnownPairNotFound(NotFound):
    """There is no such known pair, or it has been taken back."""

    code = "known-pair-not-found"
    title = "No such known pair"
    remedy = "Look it up under /v1/known-pairs."


class DeadLetterNotFound(NotFound):
    """The event is no dead letter of this consumer, or is one no longer."""

    code = "dead-letter-not-found"
    title = "No such dead letter"
    remedy = "Look at /v1/dead-letters; it may have been replayed."


class NameTaken(Conflict):
    """An organization with this name exists."""

    code = "name-taken"
    title = "Name taken"
    remedy = "Use the existing organization, or another name."


class EmailTaken(Conflict):
    """A person with this address exists."""

    code = "email-taken"
    title = "E-mail address taken"
    remedy = "Give the existing user a role in the organization instead."


class RoleNotAllowed(InvalidRequest):
    """The role cannot be given here, or not by this caller."""

    code = "role-not-allowed"
    title = "Role not possible here"
    remedy = "Operators' organizations take operator and operator-admin; the other roles belong to the operations team."


class ScopeNotAllowed(InvalidRequest):
    """A scope that the role does not have."""

    code = "scope-not-allowed"
    title = "Scope beyond the role"
    remedy = "Name only permissions that the role has."


class SignInLinkInvalid(Unauthenticated):
    """The link is unknown, used up, or too old."""

    code = "sign-in-link-invalid"
    title = "Sign-in link not valid"
    remedy = "Ask for a new link; each works once and not for long."
