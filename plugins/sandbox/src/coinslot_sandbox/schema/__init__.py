"""What the document's schemas say: is a value right, and what would a right one look like."""
