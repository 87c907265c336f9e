"""Nine tables that add up pass every rule; one planted defect fails exactly the rules it concerns."""

from decimal import Decimal

import pytest
from publication import CENT, Publication, judge, publications
from hypothesis import given, settings
