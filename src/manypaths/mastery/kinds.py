"""One door to all kinds of models: fit one by name, and use it without asking which it is.

`dynamic-irt` is the engine's own (see `model`), `bkt` is Bayesian knowledge tracing with items
(see `bkt_model`). What a function takes and returns for a kind stands in that kind's modules; a
model and beliefs of two kinds raise ValueError.
"""

import json
from collections.abc import Sequence
from math import nan
from typing import TYPE_CHECKING, Literal, overload

from manypaths.mastery import beliefs as dynamic
from manypaths.mastery import bkt_model, bkt_stream, explain, stream
from manypaths.mastery.beliefs import Beliefs, Estimate, Event
from manypaths.mastery.bkt_model import BktModel
from manypaths.mastery.bkt_stream import BktBeliefs, BktEstimate, BktExplanation
from manypaths.mastery.explain import Explanation
from manypaths.mastery.log import Key, ResponseLog
from manypaths.mastery.model import KIND, Model, Settings
from manypaths.mastery.model import read_model as read_dynamic

if TYPE_CHECKING:
    from manypaths.mastery.batch import Trace

KINDS = (KIND, bkt_model.KIND)

AnyModel = Model | BktModel
AnyBeliefs = Beliefs | BktBeliefs


@overload
def fit(
    log: ResponseLog,
    *,
    kind: Literal["dynamic-irt"] = ...,
    seed: int = ...,
    settings: Settings | None = ...,
) -> Model: ...
@overload
def fit(log: ResponseLog, *, kind: Literal["bkt"], seed: int = ...) -> BktModel: ...
@overload
def fit(log: ResponseLog, *, kind: str, seed: int = ...) -> AnyModel: ...
def fit(
    log: ResponseLog,
    *,
    kind: str = KIND,
    seed: int = 0,
    settings: Settings | None = None,
) -> AnyModel:
    """Return a model of this kind fitted to the log; `settings` are those of dynamic-irt.

    Raises ValueError for a kind that there is not, or a log that the kind can't be fitted to.
    """
    if kind == bkt_model.KIND:
        if settings is not None:
            raise ValueError(f"a model of kind {kind} has no settings; got {settings}")
        from manypaths.mastery.bkt_fitting import fit as fit_bkt  # brings the compiler

        return fit_bkt(log, seed=seed)
    if kind != KIND:
        raise ValueError(f"no such kind of model: {kind!r}; allowed are {', '.join(KINDS)}")
    from manypaths.mastery.fitting import fit as fit_dynamic

    return fit_dynamic(log, settings=settings, seed=seed)


def trace(model: AnyModel, log: ResponseLog) -> "Trace":
    """Return what the model expected of each event, before it was seen."""
    from manypaths.mastery import batch, bkt_batch  # bring the compiler

    return bkt_batch.trace(model, log) if isinstance(model, BktModel) else batch.trace(model, log)


@overload
def start(model: Model) -> Beliefs: ...
@overload
def start(model: BktModel) -> BktBeliefs: ...
def start(model: AnyModel) -> AnyBeliefs:
    """Return what is believed of a learner before any evidence."""
    return bkt_stream.start(model) if isinstance(model, BktModel) else dynamic.start(model)


@overload
def update(model: Model, beliefs: Beliefs, event: Event) -> Beliefs: ...
@overload
def update(model: BktModel, beliefs: BktBeliefs, event: Event) -> BktBeliefs: ...
@overload
def update(model: AnyModel, beliefs: AnyBeliefs, event: Event) -> AnyBeliefs: ...
def update(model: AnyModel, beliefs: AnyBeliefs, event: Event) -> AnyBeliefs:
    """Return the beliefs after one more event, which must not be earlier than those before."""
    if isinstance(model, Model) and isinstance(beliefs, Beliefs):
        return stream.update(model, beliefs, event)
    if isinstance(model, BktModel) and isinstance(beliefs, BktBeliefs):
        return bkt_stream.update(model, beliefs, event)
    raise _two_kinds(model, beliefs)


@overload
def estimate(model: Model, beliefs: Beliefs, competency: Key, *, at: float = ...) -> Estimate: ...
@overload
def estimate(
    model: BktModel, beliefs: BktBeliefs, competency: Key, *, at: float = ...
) -> BktEstimate: ...
@overload
def estimate(
    model: AnyModel, beliefs: AnyBeliefs, competency: Key, *, at: float = ...
) -> Estimate | BktEstimate: ...
def estimate(
    model: AnyModel, beliefs: AnyBeliefs, competency: Key, *, at: float = nan
) -> Estimate | BktEstimate:
    """Return what is believed of a competency at a time (days; NaN: at the last evidence)."""
    if isinstance(model, Model) and isinstance(beliefs, Beliefs):
        return dynamic.estimate(model, beliefs, competency, at=at)
    if isinstance(model, BktModel) and isinstance(beliefs, BktBeliefs):
        return bkt_stream.estimate(model, beliefs, competency, at=at)
    raise _two_kinds(model, beliefs)


def predict(
    model: AnyModel,
    beliefs: AnyBeliefs,
    instrument: Key,
    shown: tuple[tuple[Key, float], ...],
    *,
    at: float = nan,
) -> float:
    """Return the chance of success on an instrument now, before it is tried."""
    if isinstance(model, Model) and isinstance(beliefs, Beliefs):
        return dynamic.predict(model, beliefs, instrument, shown, at=at)
    if isinstance(model, BktModel) and isinstance(beliefs, BktBeliefs):
        return bkt_stream.predict(model, beliefs, instrument, shown, at=at)
    raise _two_kinds(model, beliefs)


@overload
def why(
    model: Model, events: Sequence[Event], competency: Key, *, at: float = ...
) -> Explanation: ...
@overload
def why(
    model: BktModel, events: Sequence[Event], competency: Key, *, at: float = ...
) -> BktExplanation: ...
def why(
    model: AnyModel, events: Sequence[Event], competency: Key, *, at: float = nan
) -> Explanation | BktExplanation:
    """Return what moved a learner's estimate of a competency, up to a time (days)."""
    if isinstance(model, BktModel):
        return bkt_stream.why(model, events, competency, at=at)
    return explain.why(model, events, competency, at=at)


def read_model(text: str) -> AnyModel:
    """Return the model of a plain file, of either kind.

    Raises ValueError for another kind, form or content.
    """
    try:
        content = json.loads(text)
    except json.JSONDecodeError:
        content = None  # which the reader of the first kind says in words
    if isinstance(content, dict) and content.get("kind") == bkt_model.KIND:
        return bkt_model.bkt_model_of(content)
    return read_dynamic(text)


def _two_kinds(model: AnyModel, beliefs: AnyBeliefs) -> ValueError:
    return ValueError(f"beliefs are of another kind than the model; got {model.kind} and {beliefs}")
