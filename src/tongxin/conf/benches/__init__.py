"""What `tongxin bench` runs: temporary places, rows, load, floors. Nothing of it is part of the product's pages."""
