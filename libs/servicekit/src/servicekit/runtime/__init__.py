"""Running any set of services in one process."""

from servicekit.runtime.module import Job, ServiceModule

__all__ = ["Job", "ServiceModule"]
