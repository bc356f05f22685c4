"""An invented district to look at: people, a school year of work, and the truth behind it.

Words: a *year* is what the generator invents, seeded and without any table; its *scene* is all that
is settled before the first day, its *truth* how much each student really knows (*knowledge*, from 0
to 1) and at which level each educator really works. A *planted slip* is a wrong idea that some
learners of one class hold, for the program to find. A class's *schedule* is the order in which it
works on competencies; the last few of them are its *window*. A *place* is a position in the lists
of a year, by which arrays name students, items and competencies. The builder brings a year into
the tables through the rooms' services. The *shown* class, student and educator are those that
tours and screenshots begin with.

The invented learners do not follow the engine's model, on purpose: an engine that only finds what
itself put there would prove nothing.
"""
