"""Pages of documents, and those that put documents to records."""
