"""Made-up regions to measure with: labelled synthetic wherever they appear, never to be taken for real ones."""
