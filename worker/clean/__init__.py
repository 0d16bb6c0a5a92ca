"""Cleaning: a raw message becomes an article with title, lead, body and what the page states about it."""
