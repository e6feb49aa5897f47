"""The explorer in Jupyter widgets and its page for people without code; it may publish."""
