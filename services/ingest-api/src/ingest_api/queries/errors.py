"""What is not there, or not for the caller's eyes: both answer alike."""

from servicekit.errors import FairwayError, InvalidRequest, NotFound

__all__ = [
    "CatalogueNotFound",
    "CdmFormatUnavailable",
    "CdmNotFound",
    "ConjunctionNotFound",
    "DocumentNotFound",
    "EphemerisNotFound",
    "ManeuverNotFound",
    "NotificationNotFound",
    "ScreeningNotFound",
    "ScreeningRequestInvalid",
]


class DocumentNotFound(NotFound):
    """There is no such document, or it belongs to another organization."""

    code = "document-not-found"
    title = "No such document"
    remedy = "Look it up under /v1/documents."


class EphemerisNotFound(NotFound):
    """There is no such ephemeris, or it belongs to another organization."""

    code = "ephemeris-not-found"
    title = "No such ephemeris"
    remedy = "Look it up under /v1/ephemerides."


class ManeuverNotFound(NotFound):
    """There is no such maneuver, or its owner told us alone."""

    code = "maneuver-not-found"
    title = "No such maneuver"
    remedy = "Look it up under /v1/maneuvers."


class CatalogueNotFound(NotFound):
    """There is no such catalogue."""

    code = "catalogue-not-found"
    title = "No such catalogue"
    remedy = "Look it up under /v1/catalogues."


class ScreeningNotFound(NotFound):
    """There is no such screening, or its primary belongs to another organization."""

    code = "screening-not-found"
    title = "No such screening"
    remedy = "Look it up under /v1/screenings."


class ScreeningRequestInvalid(InvalidRequest):
    """A screening that cannot be asked for like this."""

    code = "screening-request-invalid"
    title = "Screening cannot be asked for like this"
    remedy = "Correct what the detail names; the API description has examples."


class ConjunctionNotFound(NotFound):
    """There is no such event, or neither of its satellites is the caller's."""

    code = "conjunction-not-found"
    title = "No such conjunction event"
    remedy = "Look it up under /v1/conjunctions."


class CdmNotFound(NotFound):
    """There is no such CDM, or it is about satellites that are not the caller's."""

    code = "cdm-not-found"
    title = "No such CDM"
    remedy = "Look it up under /v1/cdms."


class CdmFormatUnavailable(FairwayError):
    """The Accept header asks only for forms in which a CDM is not given out."""

    code = "cdm-format-unavailable"
    status = 406
    title = "CDM not available in this form"
    remedy = "Accept application/json, application/x-ccsds-kvn or text/plain."


class NotificationNotFound(NotFound):
    """There is no such mail, or it went to another organization."""

    code = "notification-not-found"
    title = "No such notification"
    remedy = "Look it up under /v1/notifications."
