"""Databases of earlier releases, kept by `tools/keep_release.py`: a small demo district each."""
