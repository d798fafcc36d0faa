"""Plumbing without a domain word: settings, observability, store, bus, objects, mail, auth, http, runtime."""
