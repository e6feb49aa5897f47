"""Published methods of grading progress, each with its own vocabulary: pure functions over a `Case`, a grade or the reason why there is none."""
