"""Errors of the gateway."""

from servicekit.errors import Conflict, FairwayError, NotFound

__all__ = [
    "AccountExists",
    "AccountNotFound",
    "LinkNotFound",
    "NoSecretKey",
    "NoSuchStep",
    "OriginalNotFound",
    "OutboundRefused",
    "SealedOtherwise",
]


class NoSecretKey(FairwayError):
    """There is no key that accounts could be sealed with."""

    code = "no-secret-key"
    status = 409
    title = "No key for secrets"
    remedy = (
        "Set FAIRWAY_SPACE_TRACK__SECRET_KEY, or FAIRWAY_SPACE_TRACK__SECRET_KEY_FILE, to 32 random bytes in base64 "
        "(`openssl rand -base64 32`), keep them outside of the database's backups, and start again."
    )


class SealedOtherwise(FairwayError):
    """What is stored was sealed with another key, or has been altered."""

    code = "sealed-otherwise"
    status = 409
    title = "Secret cannot be opened"
    remedy = "Start with the key that the account was stored with, or enter the account's password again."


class AccountNotFound(FairwayError):
    """There is no Space-Track account of that name."""

    code = "space-track-account-not-found"
    status = 404
    title = "No such Space-Track account"
    remedy = "An administrator enters the account first."


class LinkNotFound(NotFound):
    """There is no such organization, or the caller may not see it."""

    code = "space-track-link-not-found"
    title = "No such organization"


class OriginalNotFound(NotFound):
    """The message is not there, or not for the caller's eyes, or was never had in the form in which it was issued."""

    code = "cdm-original-not-found"
    title = "No original of the message"
    remedy = "Ask /v1/cdms for the message in KVN; originals are there of the newest messages of emergencies."


class NoSuchStep(NotFound):
    """The checklist has no step of that name that the caller could confirm."""

    code = "no-such-step"
    title = "Nothing to confirm by that name"
    remedy = "Confirm a step whose `can_confirm` is true; the others are seen by the service itself."


class AccountExists(Conflict):
    """An account of that name is there already."""

    code = "space-track-account-exists"
    title = "Space-Track account exists"
    remedy = "Change its password, or choose another name."


class OutboundRefused(FairwayError):
    """A replay exchanges nothing with the outside; only a simulator on this machine may be its partner."""

    code = "outbound-refused"
    status = 409
    title = "Nothing leaves a replay"
    remedy = (
        "Name a simulator on this machine as the account's address, or use a service that runs on the present time."
    )
