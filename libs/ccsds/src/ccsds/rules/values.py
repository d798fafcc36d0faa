"""VAL, TIM: numbers, text and times."""

from ccsds.rules.rule import table

__all__ = ["VALUE_RULES"]

ODM = "CCSDS 502.0-B-3"

VALUE_RULES = table(
    ODM,
    ("VAL-001", "error", "An integer is digits with an optional sign, within 32 bits.", "7.5.4"),
    (
        "VAL-001/missing",
        "error",
        "A count is a number; NaN does not stand for unknown.",
        "7.5.4",
        "Leave the keyword out.",
    ),
    ("VAL-002/digits", "warning", "A number has at most 16 digits (18 in version 1.0).", "7.5.6"),
    ("VAL-002/point", "warning", "A digit stands on each side of the decimal point.", "7.5.6"),
    ("VAL-003", "error", "A number is fixed-point or floating-point as the standard writes them.", "7.5.7"),
    ("VAL-003/mantissa", "warning", "A mantissa has one digit before its decimal point.", "7.5.7"),
    ("VAL-004", "error", "NaN and infinity do not occur.", "7.5.7"),
    (
        "VAL-004/optional",
        "warning",
        "An optional value is left out rather than NaN.",
        "7.5.7",
        "Leave the keyword out.",
    ),
    ("VAL-005", "error", "No blank stands inside a number or a time.", "7.5.8"),
    ("VAL-006", "warning", "Text values are all upper case or all lower case.", "7.5.3"),
    ("VAL-006/cdm", "error", "Text values of a CDM are upper case.", "CCSDS 508.0-B-1 6.2.3.3"),
    ("VAL-006/cdm-free", "warning", "Free text of a CDM is upper case.", "CCSDS 508.0-B-1 6.2.3.3"),
    ("VAL-008", "error", "A value lies in the range that its quantity can have.", "annex"),
    ("VAL-009", "error", "A number fits a double: no overflow, no underflow.", "7.5.7"),
    ("TIM-001", "error", "A time is YYYY-MM-DDThh:mm:ss[.d] or YYYY-DDDThh:mm:ss[.d], with an optional Z.", "7.5.10"),
    ("TIM-003", "error", "A date exists in the calendar.", "7.5.10"),
    ("TIM-004", "error", "A time has no suffix but Z.", "7.5.10"),
    ("TIM-004/cdm", "info", "The Z is left out in a CDM.", "CCSDS 508.0-B-1 6.3.2.6"),
    ("TIM-005", "error", "Second 60 occurs only in a leap second of UTC.", "7.5.10"),
    ("TIM-006", "error", "Hours are 00 to 23, minutes and seconds 00 to 59.", "7.5.10"),
    ("TIM-008", "warning", "A Z occurs only where the time system is UTC.", "7.5.10"),
    ("TIM-009", "warning", "The time system is one of the standard's.", "3.2.3.2"),
    ("TIM-011", "error", "A time lies between the years 1678 and 2261.", "nanoseconds in 64 bits"),
)
