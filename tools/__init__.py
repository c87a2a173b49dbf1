"""What sets the project up: system needs, a test database, vendored files."""
