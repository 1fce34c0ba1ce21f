"""Taking payments: the terms offered, the official code that verifies, and where the money is kept."""
