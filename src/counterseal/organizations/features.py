"""What is switched on in an organization: ``FEATURE_NAME_…`` with a value, which may be empty."""

from __future__ import annotations

from collections.abc import Mapping

from counterseal.contract.shapes import Feature, FeatureName


def feature_list(features: Mapping[str, str]) -> list[Feature]:
    """The features as the wire lists them: one without a value shows none."""
    return [Feature(name=FeatureName(name), value=value or None) for name, value in features.items()]
