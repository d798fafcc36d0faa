"""Running any set of services in one process."""

from servicekit.runtime.application import create_app, openapi_app
from servicekit.runtime.folder_lock import FolderInUse, lock_folder
from servicekit.runtime.lifespan import DATABASE_FILE, open_context
from servicekit.runtime.module import Job, ServiceModule
from servicekit.runtime.server import AddressInUse, run_serving, serve

__all__ = [
    "DATABASE_FILE",
    "AddressInUse",
    "FolderInUse",
    "Job",
    "ServiceModule",
    "create_app",
    "lock_folder",
    "open_context",
    "openapi_app",
    "run_serving",
    "serve",
]
