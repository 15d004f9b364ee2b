"""Articles from the web: one guarded client, saved pages, feeds."""
