"""What decisions stand on: committed organizations, and drafts over them of what is not committed yet."""
