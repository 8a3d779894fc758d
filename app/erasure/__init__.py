"""One customer, erased everywhere."""
