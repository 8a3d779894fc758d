"""What people must hear soon: kept first, then sent by mail or webhook until it arrives."""
