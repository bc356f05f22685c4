"""What comes next: live offers with reasons, the choices made among them, and the class's window.

Words: an *offer* is a next step (learn, practise, show, refresh) with its reason, computed when
it is asked for and never stored. A *choice* is a step that a learner took up or that an educator
planned for them; it is *open* until evidence on its competency follows. A *window* holds the
competencies that a group works on now. A *grouping* holds the *small groups* of a group for one
day, each about one need; a *seat* is a learner's place in one of them.
"""
