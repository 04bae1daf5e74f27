// Every test file runs with this loaded first: pdjs must speak through our fetch before anything uses it.
