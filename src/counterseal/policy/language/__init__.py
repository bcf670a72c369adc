"""The policy language: text, its syntax tree, the types and values it speaks of. Nothing here decides anything."""
