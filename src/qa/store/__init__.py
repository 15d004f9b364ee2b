"""The index on disk: one SQLite database, the truth, and one FAISS file derived from it."""
