"""What the validator stores and says: verdicts, ephemerides, catalogues."""
