"""How far an accuracy can be believed: its interval, whether a test is too small, and whether its classes are uneven.

Free of torch: pages, terminals and listings ask this room, and training does not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from statistics import NormalDist
from typing import Any

LEVEL = 0.95  # of every interval that is shown
USUAL = 0.8  # the accuracy that the rules below are about: near a half an interval is wider, near 1 narrower
TEST_WITHIN = 0.05  # a test that knows USUAL no better than this is small: fewer than 245 pictures
JUDGE_WITHIN = 0.10  # a validation set may be coarser, since it only chooses: 60 pictures
JUDGE_A_CLASS = 5  # and this many of each class, so that no class is judged by one picture
UNEVEN = 2.0  # times as many test pictures of the largest class as of the smallest


def wilson(share: float, n: int, level: float = LEVEL) -> tuple[float, float]:
    """The score interval of a share 0..1 seen among n pictures (Wilson 1927): low and high, within 0..1.

    The p with |share − p| = z · √(p(1 − p)/n); raises ValueError for a share outside 0..1 or n below 1.
    """
    if not 0 <= share <= 1 or n < 1:
        raise ValueError(f"An interval needs a share from 0 to 1 of at least one picture, not {share!r} of {n!r}.")
    z = NormalDist().inv_cdf((1 + level) / 2)
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    # At 0 and 1 the bound is exact; rounding would leave 1e-17 there.
    return (0.0 if share == 0 else max(0.0, middle - half)), (1.0 if share == 1 else min(1.0, middle + half))


# Student's t with 1, 2, ... degrees of freedom, 97.5 % of it below: Fisher & Yates, table III.
STUDENT = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131)


def mean_interval(values: Sequence[float]) -> tuple[float, float] | None:
    """Student's 95 % interval of the mean of a few values, such as seeds; None for fewer than two.

    mean ± t · s / √n; with more values than the table of t has, the next smaller entry, which is a little too wide.
    """
    n = len(values)
    if n < 2:
        return None
    mean = sum(values) / n
    deviation = sqrt(sum((value - mean) ** 2 for value in values) / (n - 1))
    half = STUDENT[min(n - 1, len(STUDENT)) - 1] * deviation / sqrt(n)
    return mean - half, mean + half


def interval_of(row: Mapping[str, Any]) -> tuple[float, float] | None:
    """The interval of a described run's test accuracy, None where it or the number of test pictures is unknown."""
    low, high = row.get("test_low"), row.get("test_high")
    return (low, high) if low is not None and high is not None else None


def interval_words(interval: tuple[float, float] | None) -> str:
    """(0.7134, 0.8) as "71–80 %", with a decimal where the whole numbers would say less; "" for None."""
    if interval is None:
        return ""
    low, high = (100 * bound for bound in interval)
    digits = 0 if high - low >= 2 else 1
    return f"{low:.{digits}f}–{high:.{digits}f} %"


def with_interval(words: str, row: Mapping[str, Any]) -> str:
    """An accuracy's words with its interval behind: "76.0 % (71–80 %)"; the words alone where it is unknown."""
    interval = interval_words(interval_of(row))
    return f"{words} ({interval})" if interval else words


def half_width(n: int) -> float:
    """Half of the interval of an accuracy of 80 % on n pictures."""
    low, high = wilson(USUAL, n)
    return (high - low) / 2


def small_test(tested: int | None) -> str:
    """What to know of a test that is too small to tell methods apart, two sentences; "" for one that is large enough.

    Small is a test that knows an accuracy of 80 % no better than ±5 points (95 %), so one of fewer than 245 pictures.
    Where there is none, or its size is unknown, others say so.
    """
    if not tested or half_width(tested) <= TEST_WITHIN:
        return ""
    points, (low, high) = 100 / tested, wilson(USUAL, tested)
    pictures = "1 test picture" if tested == 1 else f"{tested:,} test pictures"
    return (
        f"{pictures}: one picture is {points:.{0 if points >= 10 else 1}f} points, and a measured accuracy of 80 % "
        f"may truly be anything from {100 * low:.0f} to {100 * high:.0f} %. "
        "That is too few to tell methods apart that lie closer together: bring more pictures for the test."
    )


def enough(classes: int, n: int) -> bool:
    """Whether n validation pictures of this many classes, equally many of each, are enough to choose knobs by.

    The rule: an accuracy of 80 % known to ±10 points (95 %), and five pictures of each class.
    """
    return n >= least_to_judge(classes)


def least_to_judge(classes: int) -> int:
    """The fewest validation pictures that are `enough`."""
    n = JUDGE_A_CLASS * classes
    while n < 1 or half_width(n) > JUDGE_WITHIN:
        n += 1
    return n


def few_to_judge(classes: int, n: int) -> str:
    """What to know of a validation set that is not `enough`, one sentence, or nothing."""
    if enough(classes, n):
        return ""
    pictures = "1 validation picture is" if n == 1 else f"{n:,} validation pictures are"
    return f"{pictures} too few to choose knobs by: {least_to_judge(classes):,} would be enough for {classes} classes."


def uneven(by_class: Sequence[int] | None) -> bool:
    """Whether the test's classes are so unequal that accuracy alone misleads: twice as many of one as of another.

    `by_class` are test pictures of each class; a class without any is as uneven as it gets.
    """
    return bool(by_class) and max(by_class) >= UNEVEN * min(by_class) and max(by_class) > min(by_class)
