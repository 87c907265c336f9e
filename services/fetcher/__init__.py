"""portal → fetched: watches the portals; read poll.py first."""
