"""The registry on disk: reading, checking and laying a user's overlay over what is shipped."""
