"""A made-up season for newcomers: the figures of 2024, with people, schools and works that nobody knows."""
