"""Upload, download and deletion of files."""

from collections.abc import Callable
from typing import Final

from spacetrack_simulator.faults import UploadFaults
from spacetrack_simulator.fileshare import FileShare, Folder, StoredFile
from spacetrack_simulator.query.addresses import Address
from spacetrack_simulator.serving.replies import Incoming, Reply, json_reply, text_reply
from spacetrack_simulator.settings import Settings
from spacetrack_simulator.store import Store
from spacetrack_simulator.upload_checks import refusal_of

__all__ = ["FileActions"]

NOTHING: Final = Reply(0, b"", "text/plain")
REFUSALS: Final = {
    "name": "The file is not named correctly",
    "size": "The file is too large",
    "count": "Too many files in a single upload",
    "permission": "You do not have permission to upload to this folder",
    "originator": "ORIGINATOR does not match your organization",
    "field": "A field of the file is not allowed",
}


class FileActions:
    """What is done with files over the interface."""

    def __init__(
        self,
        store: Store,
        share: FileShare,
        settings: Settings,
        *,
        on_upload: Callable[[Folder, StoredFile, bytes], None],
    ) -> None:
        self._store = store
        self._share = share
        self._settings = settings
        self._on_upload = on_upload

    def upload(self, identity: str, address: Address, request: Incoming, faults: UploadFaults) -> Reply:
        """Store the files of a request, or none of them."""
        folder = self._folder(address)
        refusal = self._refusal(identity, folder, request, faults)
        if refusal is not None or folder is None:
            return json_reply([{"error": refusal}], status=faults.rejection_status, outcome="refused")
        if faults.dropped_before_storing > 0:
            faults.dropped_before_storing -= 1
            return NOTHING.delivered("reset", "dropped before storing")
        for file in request.files:
            content = file.content
            if faults.damaged > 0:
                faults.damaged -= 1
                content = content[:-1]
            stored = self._share.store(folder, file.name, content, listing_lag_s=faults.listing_lag_s)
            self._on_upload(folder, stored, content)
        if faults.acknowledgement_lost > 0:
            faults.acknowledgement_lost -= 1
            return NOTHING.delivered("reset", "acknowledgement lost")
        return _accepted([file.name for file in request.files], faults)

    def download(self, identity: str, address: Address) -> Reply:
        """Give the bytes of a file."""
        found = self._share.read(_number(address, "FILE_ID"))
        if found is None or not self._share.may(identity, found[0].folder_id, "r"):
            return json_reply([{"error": "File not found"}], status=404, outcome="not found")
        file, content = found
        return Reply(200, content, "application/octet-stream", rows=1, outcome=f"ok {file.name}")

    def delete(self, identity: str, address: Address) -> Reply:
        """Delete a file."""
        found = self._share.read(_number(address, "FILE_ID"))
        if found is None:
            return json_reply([{"error": "File not found"}], status=404, outcome="not found")
        if not self._share.may(identity, found[0].folder_id, "w"):
            return json_reply([{"error": REFUSALS["permission"]}], status=403, outcome="refused")
        self._share.delete(found[0].file_id)
        return json_reply([{"success": f"File {found[0].file_id} deleted"}])

    def _folder(self, address: Address) -> Folder | None:
        return self._share.folder(_number(address, "FOLDER_ID"))

    def _refusal(self, identity: str, folder: Folder | None, request: Incoming, faults: UploadFaults) -> str | None:
        if faults.reject is not None:
            reason = REFUSALS[faults.reject]
            if faults.reject_next == 1:
                faults.reject = faults.reject_next = None
            elif faults.reject_next is not None:
                faults.reject_next -= 1
            return reason
        if folder is None or not self._share.may(identity, folder.folder_id, "w"):
            return REFUSALS["permission"]
        if not request.files:
            return "No file was sent"
        if len(request.files) > self._settings.most_files_per_upload:
            return REFUSALS["count"]
        if sum(len(file.content) for file in request.files) > self._settings.largest_upload_bytes:
            return REFUSALS["size"]
        title = str(self._store.value("SELECT name FROM organizations WHERE gid = ?", (folder.gid,)) or "")
        refusals = (refusal_of(folder.kind, title, file.name, file.content) for file in request.files)
        return next((refusal for refusal in refusals if refusal is not None), None)


def _number(address: Address, column: str) -> int:
    text = address.value_of(column) or ""
    return int(text) if text.isascii() and text.isdigit() else 0


def _accepted(names: list[str], faults: UploadFaults) -> Reply:
    match faults.reply:
        case "empty-string":
            return json_reply("")
        case "list":
            return json_reply([{"file_name": name, "status": "received"} for name in names])
        case "text":
            return text_reply("Upload complete")
        case _:
            return json_reply({"uploaded": names})
