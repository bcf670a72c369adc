"""From a checked tree to what is evaluated: closures, what they cost, and what can be told of them beforehand."""
