"""The audit: each statement in print, confronted with evidence that could refute it."""
