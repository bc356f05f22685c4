"""How people get in: invitations, learner codes, pictures, cards, class codes and sessions.

An *invitation* is a secret that lets one person set a password or a passkey, once. A *learner code*
is the readable name by which somebody without an address signs in; a *class code* opens the list of
a class, where young learners pick their three pictures; a *card* holds a secret of its own as a QR
code. Secrets are stored as hashes alone.
"""
