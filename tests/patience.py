"""How long a test waits for what must come: a busy machine is late, which proves nothing."""

import httpx

# Half of what a whole test may take.
PATIENCE = 60.0


def make_clients_patient() -> None:
    """Also who asks a server of ours without saying how long they wait: usually five seconds."""
    usual = httpx._config.DEFAULT_TIMEOUT_CONFIG
    usual.connect = usual.read = usual.write = usual.pool = PATIENCE
