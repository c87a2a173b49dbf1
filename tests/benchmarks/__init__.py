"""Side-by-side benchmarks: each figure is a ratio of two things run in turn, in one run, on one machine."""
