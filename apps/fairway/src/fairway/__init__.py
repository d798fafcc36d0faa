"""The composition root and command line: any set of services in one process."""
