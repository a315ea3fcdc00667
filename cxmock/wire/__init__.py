"""Pure protocol knowledge: bytes to messages and back, no input or output."""
