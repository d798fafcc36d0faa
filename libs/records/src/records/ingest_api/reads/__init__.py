"""What the public API reads: keyset queries under a viewer's visibility, and typed results."""
