"""Replay over the real stages: harmless to do twice, told beforehand by a shadow, and only of what is older."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from shared.bus.contract import Bus
from shared.bus.scan import scan
from shared.replay.choice import Choice, choose, events
from shared.replay.sending import REPLAYED_BY, copies, run_headers
from shared.replay.shadow import begin
from shared.clock import SystemClock
from shared.topics import FETCHED, NORMALIZED, PARSED, TOPICS
from shared.version import VERSION
from tests.e2e.contents import on_topics, stored
from tests.e2e.rereading import EXTRA, OLD, Installation, installed, served_by_an_older_one, serving
