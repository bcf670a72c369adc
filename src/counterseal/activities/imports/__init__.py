"""Import targets: the keys of this server to which clients seal what they import."""
