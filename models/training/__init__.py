"""Scripts that make what ``models/`` ships: tables and trained weights. Nothing here runs in production."""
