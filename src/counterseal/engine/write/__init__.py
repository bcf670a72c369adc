"""Who writes down what was decided: one writer of its own store, or lanes in a store that others write to."""
