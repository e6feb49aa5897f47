"""A target broken down: into milestones year by year, over districts or schools, and later figures held against both."""
