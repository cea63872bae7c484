"""Fuzzing: random input, guided by coverage, for everything that reads what users pass.

`python -m fuzzing TARGET --runs 1000000` runs one target; `nox -s fuzz` runs all of them. A target fails on an exception that is
not documented, on two engines that disagree, on a count that does not add up, and on an input that takes too long. The inputs
that failed once are cases of `tests/test_hostile.py`.
"""
