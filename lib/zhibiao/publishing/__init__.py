"""Executed notebooks become documents: PDF, figures, tables and the page that links them."""
