"""Taking a document back, and putting it back again."""

from ingest_api.submissions.errors import DocumentHasSuccessor, DocumentIsACatalogue
from records.ingest_api.events import ManeuverNoticeWithdrawnV1
from records.ingest_api.reads.documents import open_withdrawal
from records.ingest_api.tables import Document
from records.ingest_api.writes import lock_document, replacement_of, restore_document, withdraw_document
from records.validator.notices import settle_maneuvers
from servicekit.store import Actor, Store, UnitOfWork

__all__ = ["restore", "withdraw"]


async def withdraw(store: Store, actor: Actor, document: Document) -> None:
    """Take a document back; one that is withdrawn already stays as it is.

    Raises
    ------
    DocumentIsACatalogue
        Catalogues stay.
    """
    if document.purpose == "catalogue":
        raise DocumentIsACatalogue(f"{document.file_name} is a catalogue")
    async with store.write(actor) as unit:
        await lock_document(unit, document)
        if await open_withdrawal(unit.session, document.id) is None:
            await withdraw_document(unit, document)
            await _settle_maneuvers(unit, document)


async def restore(store: Store, actor: Actor, document: Document) -> None:
    """Put a document back; one that is not withdrawn stays as it is.

    Raises
    ------
    DocumentHasSuccessor
        A newer operational ephemeris of the satellite is in force.
    """
    async with store.write(actor) as unit:
        await lock_document(unit, document)
        withdrawal = await open_withdrawal(unit.session, document.id)
        if withdrawal is None:
            return
        successor = await replacement_of(unit, document)
        if successor is not None:
            raise DocumentHasSuccessor(
                f"{successor.file_name} is the operational ephemeris of {successor.norad_cat_id} now",
                ephemeris_id=successor.id,
            )
        await restore_document(unit, document, withdrawal)
        await _settle_maneuvers(unit, document)


async def _settle_maneuvers(unit: UnitOfWork, document: Document) -> None:
    """Have the maneuvers of a notification stand by what is left of what was told of them."""
    if await settle_maneuvers(unit, document.id):
        unit.emit(ManeuverNoticeWithdrawnV1(document_id=document.id))
