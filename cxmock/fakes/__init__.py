"""Stand-ins for the systems around CX Contact: state and behaviour of our own, each saying what it imitates."""
