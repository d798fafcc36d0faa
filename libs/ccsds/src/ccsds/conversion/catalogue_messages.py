"""Element sets of a catalogue as OMMs, one each, and many OMMs in one document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ccsds.messages import ElementSets, Omm
from ccsds.messages.omm import OmmMeanElements, OmmMetadata, OmmTleParameters
from ccsds.messages.orbit_parts import OdmHeader
from ccsds.writers import write

__all__ = ["element_set_messages", "write_messages"]

UNKNOWN = "UNKNOWN"
DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def element_set_messages(sets: ElementSets, creation_date: np.datetime64, originator: str) -> Iterator[Omm]:
    """OMMs, version 2.0, with a header of their own; a name or designator that is missing is `UNKNOWN`."""
    header = OdmHeader(version="2.0", creation_date=creation_date, originator=originator)
    for row in range(len(sets)):
        yield Omm(
            header=header,
            metadata=OmmMetadata(
                object_name=sets.object_name[row] or UNKNOWN, object_id=sets.object_id[row] or UNKNOWN
            ),
            elements=OmmMeanElements(
                epoch=sets.epoch[row],
                mean_motion_rev_day=float(sets.mean_motion_rev_day[row]),
                eccentricity=float(sets.eccentricity[row]),
                inclination_deg=float(sets.inclination_deg[row]),
                ra_of_asc_node_deg=float(sets.ra_of_asc_node_deg[row]),
                arg_of_pericenter_deg=float(sets.arg_of_pericenter_deg[row]),
                mean_anomaly_deg=float(sets.mean_anomaly_deg[row]),
            ),
            tle=OmmTleParameters(
                ephemeris_type=int(sets.ephemeris_type[row]),
                classification_type=str(sets.classification[row]),
                norad_cat_id=int(sets.norad_cat_id[row]),
                element_set_no=int(sets.element_set_no[row]),
                rev_at_epoch=int(sets.rev_at_epoch[row]),
                bstar=float(sets.bstar[row]),
                mean_motion_dot=float(sets.mean_motion_dot[row]),
                mean_motion_ddot=float(sets.mean_motion_ddot[row]),
            ),
        )


def write_messages(messages: Iterator[Omm] | Sequence[Omm], name: str) -> bytes:
    """One OMM alone; several in KVN one behind the other, in XML in an NDM container."""
    texts = [write(message, name) for message in messages]
    if len(texts) == 1:
        return texts[0]
    if name == "kvn":
        return b"\n".join(texts)
    members = b"".join(text.removeprefix(DECLARATION) for text in texts)
    return DECLARATION + b"<ndm>\n" + members + b"</ndm>\n"
