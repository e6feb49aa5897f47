"""A question typed by hand: a series and a target in plan language, made into a study of its own."""
