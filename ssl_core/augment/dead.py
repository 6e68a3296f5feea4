"""Operations that were drawn and changed no pixel, and why: the faults nobody sees."""

from __future__ import annotations

from collections import defaultdict

from torch import Tensor

from ssl_core.augment.contents import steps_of
from ssl_core.augment.finding import Finding
from ssl_core.augment.operations import OPERATIONS
from ssl_core.augment.policy import Frame, Policy
from ssl_core.augment.words import title

VISIBLE = 1 / 512  # half a level of 256: less cannot be seen in a stored picture


def check_dead(policy: Policy, frames: list[Frame], x: Tensor) -> list[Finding]:
    """Operations that were drawn and changed no pixel."""
    tried: dict[str, list[bool]] = defaultdict(list)
    before = x
    for frame in frames:
        changed = ((frame.x - before).abs().flatten(1).amax(1) > VISIBLE).tolist()
        for changes, moved in zip(frame.changes, changed, strict=True):
            if len(changes) == 1:  # two operations in one frame cannot be told apart
                tried[changes[0].name].append(moved)
        before = frame.x
    findings = [] if frames else [Finding("note", "pipeline", "The pipeline is empty: pictures stay as they are.")]
    for name, moved in tried.items():
        still = moved.count(False) / len(moved)
        subject = OPERATIONS[name].title if name in OPERATIONS else title(name)
        subject, why = subject.capitalize(), _reason(name, policy, x)
        if still == 1:
            sentence = f"{subject} is dead here: it changed none of {len(moved)} pictures{why}."
            findings.append(Finding("error", name, sentence))
        elif still >= 0.3 and len(moved) >= 8:
            sentence = f"{subject} does nothing to {100 * still:.0f} % of these pictures{why}."
            findings.append(Finding("warning", name, sentence))
    if frames:
        same = ((frames[-1].x - x).abs().flatten(1).amax(1) <= VISIBLE).double().mean().item()
        if same > 0.3:
            sentence = f"{100 * same:.0f} % of the pictures come out unchanged: raise probabilities or strengths."
            findings.append(Finding("warning", "pipeline", sentence))
    return findings


def _reason(name: str, policy: Policy, x: Tensor) -> str:
    operation = OPERATIONS.get(name)
    if operation is None:
        return ""
    channels, side = x.shape[1], min(x.shape[-2:])
    if operation.colour and channels == 1:
        return ", because they are grey: remove it"
    if operation.name in ("equalize", "part_equalize") and side * side < 256:
        return f", because its counting step is 0 below 256 pixels and these have {side * side}: remove it"
    if side < operation.smallest:
        return f", because it needs {operation.smallest} pixels a side: remove it"
    nearest = any(step.name == operation.name and step.sampling == "nearest" for step in steps_of(policy))
    if operation.matrix and nearest and side < 24:
        return ", because a small move reaches no other pixel: choose bilinear sampling"
    if operation.name == "autocontrast":
        return ", because they reach from black to white already"
    return ""
