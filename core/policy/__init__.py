"""A region's policy as data: read, checked, dated, versioned; and the pure questions over it.

Knows no Flask and no database. `pack.load_region` reads a region's folder, `version.PolicyVersion` is one
version of its policy, `questions.ask` answers a question; the typed functions under each question are what
pages call, so that a page and the command line cannot decide differently.
"""
