"""Tells people of what comes on the topics: rules choose, channels carry."""
