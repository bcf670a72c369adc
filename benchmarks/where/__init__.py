"""Where the processor time of a request goes, step by step: ``python -m benchmarks.where``."""
