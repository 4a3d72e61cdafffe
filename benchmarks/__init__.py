"""What the product costs, beside the goals of `docs/performance.md`: `python -m benchmarks`, or `make bench`.

Every figure that can be is a ratio of two things measured in turns in one run, since milliseconds differ from
machine to machine and from minute to minute.
"""
