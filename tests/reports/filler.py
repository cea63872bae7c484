"""Invented prose for reports. No sentence is from a report."""

from __future__ import annotations

import random

_SUBJECTS = (
    "The seller",
    "A group of visitors",
    "One office of the association",
    "Each stall near the north gate",
    "The first file of the archive",
    "A café on the second floor",
    "Several right holders",
    "The staff of the service",
)
_VERBS = (
    "offers goods without a label",
    "waits for an answer since the spring",
    "keeps a record of every notice",
    "finds the same picture again and again",
    "moves its stock to another floor at night",
    "asks for a fee before the final review",
    "publishes figures that are difficult to confirm",
    "reflects a sufficient flow of traffic",
)
_TAILS = (
    "and nobody on the street is surprised.",
    "although the rules of the house say “not before noon”.",
    "as the neighbours’ reports show.",
    "which the naïve reader takes for an official résumé.",
    "while the door stays open.",
    "in spite of a fluctuating number of complaints.",
    "and a well-known brand-protection firm has taken notice.",
    "but the effect differs from one district to the next.",
)


def paragraph(seed: str, sentences: int = 4) -> str:
    """Return a paragraph that depends on the seed only."""
    source = random.Random(seed)
    return " ".join(f"{source.choice(_SUBJECTS)} {source.choice(_VERBS)} {source.choice(_TAILS)}" for _ in range(sentences))


def paragraphs(seed: str, count: int, sentences: int = 4) -> tuple[str, ...]:
    """Return several paragraphs."""
    return tuple(paragraph(f"{seed} {number}", sentences) for number in range(count))
