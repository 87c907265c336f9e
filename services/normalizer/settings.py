"""The normalizer's settings: those every service has."""

from shared.settings import Settings


class NormalizerSettings(Settings):
    """`GONGKAI_…` variables of the normalizer."""
