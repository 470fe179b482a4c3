"""Low-code forms: a definition (data) becomes a WTForms class, a page, a read-only view and JSON.

Knows no database, no Flask application and no region.
"""
