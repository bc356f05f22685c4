"""Programs of others that work with a school: what they may do, and what they hand on.

Words: an *integration* is such a program, acting for one organization. Its *token* is the secret by
which it is known; the token's *scopes* say how far it reaches. What it hands on comes in *rows*,
each with a *client id* of its own, so that the same row sent again changes nothing.
"""
