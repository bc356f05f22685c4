"""Records for life: what leaves with somebody, how long what is kept, and how it ends.

Words: a *whole record* is all that is on record of one person, packed to be taken along; a
*package* is a zip with a manifest that is signed; a *hold* forbids to delete, by law; an *erasure*
ends all that is on record of a person, by two people; the *ledger* says what was deleted, without
saying of whom, so that it is deleted again after an older backup is brought back.
"""
