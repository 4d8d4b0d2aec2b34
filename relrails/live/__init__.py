"""The side that opens sockets: asks, hands what it got to judge/, and acts; time and network come in as arguments."""
