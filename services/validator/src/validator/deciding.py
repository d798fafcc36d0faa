"""Documents are read and decided on: small ones together, as bytes, and each large one by itself, as a file."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from records.ingest_api.tables import Document
from records.validator.designators import KnownDesignators
from servicekit.context import Context
from servicekit.threads import in_thread
from validator.asking import Asked
from validator.at_once import at_once
from validator.question import Decision, Question
from validator.reading import decide_all, decide_file
from validator.settings import MEBIBYTE

__all__ = ["decide_large", "decide_together", "is_large", "together"]

T = TypeVar("T")

_LARGE_BYTES: Final = 4 * MEBIBYTE
_TOGETHER_BYTES: Final = 8 * MEBIBYTE
"""Read within a fifth of a second: no document waits longer for those that are decided on with it."""
_FETCHED_AT_ONCE: Final = 4


def is_large(document: Document) -> bool:
    """Whether a document is decided on by itself: it is large, or it may become so when it is unpacked."""
    return document.size_bytes > _LARGE_BYTES or document.purpose == "catalogue"


def together(of: Sequence[tuple[T, Document]]) -> Iterator[list[T]]:
    """Give what belongs to small documents in groups, in order, each of which is read soon."""
    group: list[T] = []
    size_bytes = 0
    for each, document in of:
        if group and size_bytes + document.size_bytes > _TOGETHER_BYTES:
            yield group
            group, size_bytes = [], 0
        group.append(each)
        size_bytes += document.size_bytes
    if group:
        yield group


async def decide_together(
    ctx: Context, asked: Asked, document_ids: Sequence[str], *, child_above_bytes: int
) -> dict[str, Decision]:
    """Decide on small documents: those above a size in the parsing child, in one call."""
    documents = [asked.documents[each] for each in document_ids]
    contents = await at_once(_FETCHED_AT_ONCE, ctx.objects.get, [each.object_key for each in documents])
    work = [(content, asked.questions[each.id]) for each, content in zip(documents, contents, strict=True)]
    decisions = await _decide(ctx, work, child_above_bytes)
    again: list[tuple[bytes, Question]] = []
    for (content, question), decision in zip(work, decisions, strict=True):
        known = _with_resolved(question, decision, asked.designators)
        if known is not None:
            again.append((content, known))
    decided = [*decisions, *await _decide(ctx, again, child_above_bytes)]
    questions = [question for _, question in (*work, *again)]
    return {question.document_id: decision for question, decision in zip(questions, decided, strict=True)}


async def decide_large(ctx: Context, asked: Asked, document: Document) -> Decision:
    """Decide on a large document in the parsing child."""
    question = asked.questions[document.id]
    async with ctx.objects.local_file(document.object_key) as file:
        decision = await ctx.parsing.run(decide_file, str(file), question)
        known = _with_resolved(question, decision, asked.designators)
        return decision if known is None else await ctx.parsing.run(decide_file, str(file), known)


async def _decide(ctx: Context, work: Sequence[tuple[bytes, Question]], child_above_bytes: int) -> list[Decision]:
    in_child = [(data, question) for data, question in work if len(data) > child_above_bytes]
    here = [(data, question) for data, question in work if len(data) <= child_above_bytes]
    decided = await in_thread(decide_all, here) if here else []
    decided += await ctx.parsing.run(decide_all, in_child) if in_child else []
    order = [question.document_id for _, question in (*here, *in_child)]
    of_document = dict(zip(order, decided, strict=True))
    return [of_document[question.document_id] for _, question in work]


def _with_resolved(question: Question, decision: Decision, known: KnownDesignators) -> Question | None:
    """Return the question with the designators that the document names and others' satellites have; None for none."""
    found = {each: number for each in decision.unresolved if (number := known.number_of(each)) is not None}
    return replace(question, designators={**question.designators, **found}) if found else None
