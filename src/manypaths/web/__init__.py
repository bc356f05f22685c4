"""The pages: parse a request, call one service or query, render.

A *visitor* is a signed-in person with their district; a *view* in the access log is one look at
records. Pages live in `pages/`, one package each; what several use lives in `parts/`.
"""
