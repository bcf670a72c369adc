"""Authenticators: passkeys and security keys, registered and deleted; how many a user may hold."""
