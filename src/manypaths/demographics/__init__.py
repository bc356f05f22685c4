"""What a district's roster says of a person's birth, sex and origin: kept apart, and encrypted.

*Sealed* is what stands in a row; the key that opens it lies in a folder beside the database and in
no backup. To read takes a right of one's own, which nobody has until a leader gives it, and each
reading is written down. It is there for figures on groups; no other page shows any of it.
"""
