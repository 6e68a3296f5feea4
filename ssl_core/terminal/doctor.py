"""doctor: what is wrong with an augmentation pipeline."""

from __future__ import annotations

import argparse
import json

from ssl_core.terminal.flags import data_flag

HELP = "Say what is wrong with an augmentation pipeline on a data set's pictures."


def flags(parser: argparse.ArgumentParser) -> None:
    """What it understands."""
    data_flag(parser)
    parser.add_argument("--policy", default="strong", help="a preset, or a pipeline as on the Augmentations page")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")


def run(args: argparse.Namespace) -> int:
    """Print the findings; 1 if one of them is an error."""
    from ssl_core.augment import policy_of, to_text
    from ssl_core.augment.doctor import diagnose, summary
    from ssl_core.data import load

    data = load(args.data)
    policy = policy_of(args.policy, data.card)
    findings = diagnose(policy, data.images[:192].float() / 255, data.card)
    if args.json:
        print(json.dumps({"pipeline": to_text(policy), "findings": [finding._asdict() for finding in findings]}))
    else:
        print(f"{to_text(policy) or 'identity'}\non {data.card.title}: {summary(findings)}")
        for finding in findings:
            print(f"  {finding.level:<8} {finding.sentence}")
    return int(any(finding.level == "error" for finding in findings))
