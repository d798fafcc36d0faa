"""The public API: files in, answers out, and the administration of the service.

`submissions` takes files, `queries` answers what has become of them, `administration` is about organizations, people,
tokens and what went wrong. Handlers parse, call and respond; decisions stand beside them.
"""
