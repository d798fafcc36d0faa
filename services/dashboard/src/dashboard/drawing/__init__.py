"""Pictures as SVG, made on the server: pure functions from numbers to elements."""
