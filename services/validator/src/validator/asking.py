"""What the service knows about a document before its bytes are read."""

from typing import Literal, cast

from sqlalchemy.ext.asyncio import AsyncSession

from records.identity.tables import Organization
from records.ingest_api.tables import Document
from records.validator import reads
from validator.question import Limits, Question
from validator.settings import ValidatorSettings

__all__ = ["question_of"]


async def question_of(session: AsyncSession, document: Document, settings: ValidatorSettings) -> Question:
    """Return what is asked; the profile is the request's, else the organization's, else the default."""
    organization = await session.get_one(Organization, document.organization_id)
    return Question(
        document_id=document.id,
        file_name=document.file_name,
        sha256=document.sha256,
        received_at=document.received_at,
        purpose=cast("Literal['operator', 'catalogue']", document.purpose),
        profile=document.requested_profile or organization.default_profile or settings.default_profile,
        requested_norad_cat_id=document.requested_norad_cat_id,
        requested_designation=document.requested_designation,
        own=await reads.owned_satellites(session, document.organization_id),
        registered=await reads.registered_satellites(session),
        designators=await reads.known_designators(session),
        limits=Limits(
            unpacked_max_bytes=settings.unpacked_max_bytes,
            unpacked_max_ratio=settings.unpacked_max_ratio,
            refused_share=settings.refused_share,
        ),
        organization_id=document.organization_id,
        service_level="basic" if organization.service_level == "basic" else "advanced",
    )
