"""What waits for somebody in casework, a file a question: each is a `Kind` of `shape.py`."""
