"""Words as numbers and as vectors, and where they stand: what index and history are made of."""
