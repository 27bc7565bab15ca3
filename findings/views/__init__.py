"""Pages of findings and remedies."""
