"""What Isnad knows of languages: scripts and direction, and the analysis of Arabic and English words."""
