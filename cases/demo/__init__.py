"""An invented register, obviously so, in the proportions of what NMT has published. Deterministic by its
seed."""
