"""One file per platform whose old answers can be fetched; its name is the platform's."""
