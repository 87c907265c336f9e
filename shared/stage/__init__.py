"""The stage runner: a stage is a function from one event to messages; the runner does everything else."""
