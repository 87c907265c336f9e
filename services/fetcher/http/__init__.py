"""The way to a portal: requests, addresses, answers, pace, and what need not be asked again."""
