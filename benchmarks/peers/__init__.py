"""Other people's models on our logs, on our split, each as a process in an environment of its own.

We hand a peer an *exam*: the responses of those who teach it, and of those on whom it is tested.
It predicts each response of the latter from those before it, and hands *answers* back: the chances,
and what they cost. We score all answers alike, with the function that scores our own.

`exam`, `features` and the peers themselves import nothing of ours but each other: their
environments hold no more than numpy and what the peer needs (`make bench-peers`).
"""
