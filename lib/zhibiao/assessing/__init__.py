"""Gap, progress and chance of attainment of every target."""
