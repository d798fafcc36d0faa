"""What can be wrong with an upload, each with its own code."""

from servicekit.errors import Conflict, InvalidRequest, UnsupportedMediaType

__all__ = [
    "ContentEncodingUnsupported",
    "DocumentHasSuccessor",
    "DocumentIsACatalogue",
    "EmptyDocument",
    "FileMissing",
    "FileNameInvalid",
    "FileNameMissing",
    "UploadedForAnotherPurpose",
]


class EmptyDocument(InvalidRequest):
    """The file has no bytes."""

    code = "empty-document"
    title = "Empty file"
    remedy = "Send the file's content; the transfer may have gone wrong on your side."


class FileNameMissing(InvalidRequest):
    """Nothing says what the file is called, and its name carries its designation."""

    code = "file-name-missing"
    title = "File name missing"
    remedy = "Send the header X-File-Name with the body, or a filename with the multipart part `file`."


class FileNameInvalid(InvalidRequest):
    """The file name cannot be kept as it is."""

    code = "file-name-invalid"
    title = "File name not usable"
    remedy = "Send the bare name of the file: no folders, no control characters, at most 255 bytes of UTF-8."


class FileMissing(InvalidRequest):
    """A multipart body has no part named `file`, or more than one."""

    code = "file-missing"
    title = "Not exactly one file"
    remedy = "Send one part named `file` with a filename."


class ContentEncodingUnsupported(UnsupportedMediaType):
    """The body is compressed on the way, which would change the bytes that are kept."""

    code = "content-encoding-unsupported"
    title = "Content-Encoding not supported"
    remedy = "Send the bytes as they are, without Content-Encoding; a catalogue may be a gzip file."


class UploadedForAnotherPurpose(Conflict):
    """The same bytes under the same name came before by another route: as a document, or as a catalogue."""

    code = "uploaded-for-another-purpose"
    title = "Uploaded before for another purpose"
    remedy = "Give the file another name."


class DocumentIsACatalogue(Conflict):
    """A catalogue cannot be withdrawn: screenings may have pinned it."""

    code = "document-is-a-catalogue"
    title = "A catalogue cannot be withdrawn"
    remedy = "Load a newer catalogue; screening uses the newest."


class DocumentHasSuccessor(Conflict):
    """A newer operational ephemeris of the satellite is in force."""

    code = "document-has-successor"
    title = "No longer current"
    remedy = "Withdraw the newer ephemeris first, or upload this one anew under another name."
