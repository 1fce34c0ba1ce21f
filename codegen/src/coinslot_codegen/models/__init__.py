"""From shapes to Python types, by one run of datamodel-code-generator."""
