"""Why a submission does not go on: each reason with what is the matter and who must do what."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from records.spacetrack_gateway.tables import Submission
from spacetrack_gateway.link import Step

__all__ = [
    "MANUAL",
    "NOT_LISTED",
    "NO_ACCOUNT",
    "NO_CONSENT",
    "NO_FOLDER",
    "REPLAY",
    "WITHDRAWN",
    "abandoned",
    "never_arrived",
    "not_heard_of",
    "not_provable",
    "not_screened",
    "only_withdrawn",
    "refused",
    "too_large",
    "unreadable",
]

_NEVER_ARRIVED: Final = "never-arrived"

NO_CONSENT: Final = Step(
    "no-consent",
    "The organization has recorded no consent that its files are sent to Space-Track.",
    "An operator-admin of the organization consents, on record; sending is a disclosure and is off until then.",
)
NO_ACCOUNT: Final = Step(
    "no-account",
    "No Space-Track account is configured.",
    "An administrator of Fairway enters the account.",
)
NO_FOLDER: Final = Step(
    "no-folder",
    "Our account has no folder of the organization in which it may write.",
    "The operator asks Space-Track's customer service by mail for the grant; the text carries the organization's name "
    "exactly as Space-Track has it. The next look at the folders lets the file go on.",
)
MANUAL: Final = Step(
    "waits-for-release",
    "The organization's files are sent when somebody says so.",
    "A person of the organization has it sent.",
)
REPLAY: Final = Step(
    "replay",
    "This is a replay of archived days, and nothing made in it leaves the machine.",
    "Nobody: upload the file to a service that runs on the present time.",
)
WITHDRAWN: Final = Step(
    "withdrawn-after-sending",
    "The document was withdrawn after its file had been sent; the file still stands at Space-Track.",
    "An operator-admin of the organization has it deleted there.",
)
NOT_LISTED: Final = Step(
    "not-listed",
    "CDMs name the file, so that it was screened; no listing of its folder has shown it for three days, so that it "
    "cannot be deleted from here.",
    "The operator looks in its folder at Space-Track.",
)


def only_withdrawn(reasons: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what is left of reasons once a file has gone on: that its document was withdrawn meanwhile."""
    return [dict(reason) for reason in reasons if reason["code"] == WITHDRAWN.code]


def refused(said: str) -> Step:
    """Space-Track has looked at the file and does not take it."""
    return Step(
        "refused-by-space-track", f"Space-Track does not take the file: {said}", "The operator corrects the file."
    )


def too_large(size: int, most: int) -> Step:
    """The file is larger than Space-Track takes."""
    return Step(
        "too-large", f"The file has {size} bytes, and at most {most} are taken.", "The operator sends a shorter span."
    )


def unreadable(why: str) -> Step:
    """The bytes to be sent cannot be made."""
    return Step("cannot-be-sent", f"The file cannot be brought into the form of Space-Track: {why}", "The operator.")


def abandoned(attempts: int) -> Step:
    """It was handed over again and again and never arrived."""
    return Step(
        _NEVER_ARRIVED,
        f"The file was handed over {attempts} times and does not stand in the folder.",
        "An administrator of Fairway asks Space-Track's customer service; an operator-admin of the organization then "
        "has it sent again.",
    )


def never_arrived(submission: Submission) -> bool:
    """Whether a submission has failed only because it did not arrive, so that it may be sent again."""
    return submission.state == "failed" and [reason["code"] for reason in submission.reasons] == [_NEVER_ARRIVED]


def not_provable(said: str) -> Step:
    """It was handed over, and whether it is there cannot be seen."""
    return Step(
        "cannot-be-proved",
        f"The file was handed over, and Space-Track does not let us see whether it arrived: {said}",
        "Nobody, if it is the first time: it is asked again, later each time. Else the operator asks Space-Track's "
        "customer service whether the folder is still granted.",
    )


def not_screened(code: str, description: str) -> Step:
    """Space-Track has the file and did not screen it."""
    return Step(
        "not-screened",
        f"Space-Track did not screen the file: {description or code}",
        "The operator corrects what Space-Track names and uploads the ephemeris again.",
    )


def not_heard_of(days: int) -> Step:
    """The file is there, and Space-Track has said nothing of it for so long that nothing more is to come."""
    return Step(
        "not-heard-of",
        f"Not screened, as far as can be seen: nothing was heard for {days} days, neither a result nor a CDM that "
        "names the file.",
        "The operator asks Space-Track why, or uploads the ephemeris anew; a CDM that names the file still changes it.",
    )
