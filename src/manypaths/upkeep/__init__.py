"""The host's own upkeep: backups of everything, and bringing them back.

A *backup* is one zip: a manifest, each table as CSV in the order of its ids, and the stored files.
It is read in one consistent moment while others write, says the same on both databases, and can be
brought back on either. What a backup holds can be checked without a database.
"""
