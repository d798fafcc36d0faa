"""What ``fairway doctor`` looks at: the machine, and each part that the settings name."""

from fairway.examination.report import Examination, examine, examine_parts

__all__ = ["Examination", "examine", "examine_parts"]
