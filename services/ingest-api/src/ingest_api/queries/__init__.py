"""What the API answers, under the caller's eyes."""
