"""Where an indicator may go: the last value, with a spread that is measured on how far such series really moved."""
