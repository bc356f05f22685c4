"""What can be learned: published, versioned sets of competencies, their levels and their links.

Words: a *framework* is one version of a set of competencies (a CASE CFDocument); its *family* is
all versions of it. A *competency* is one node of its tree (a CFItem). An *association* ties two
nodes: child-of with an order, precedes (a prerequisite), exact and related match, exemplar, or any
other kind a source knows. A *scale* has ordered *levels*, named by the school; a *progression*
says what one level looks like for one competency. Evidence outlives versions: a competency that
is carried over into a new version keeps its *lineage*, and evidence and estimates hang on that.
"""
