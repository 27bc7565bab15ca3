"""Pages of returns and summaries."""
