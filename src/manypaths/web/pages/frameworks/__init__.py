"""Frameworks: looked through by everybody, changed in versions by those who lead the district."""
