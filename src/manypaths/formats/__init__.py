"""How dates and numbers are written, where we depart from Django's ways of a language."""
