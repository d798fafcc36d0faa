"""The statement tree: messages as nested blocks of statements, between the syntaxes and the typed messages."""
