"""Answers to the toy exercise 99.positions, right but for one thing."""

import torch


def right(samples, length, hop):
    if hop <= 0:
        raise ValueError("a step forward is positive")
    return torch.tensor(list(range(0, samples - length + 1, hop)), dtype=torch.int64)


def all_but(**ways):
    """The right answer, but for one thing: `before` it, or `after` it."""

    def answer(samples, length, hop):
        if "before" in ways:
            ways["before"](samples, length, hop)
        return ways.get("after", lambda result: result)(right(samples, length, hop))

    return answer
