"""The architectures: `catalog` says which there are, without Keras; each has a file that builds it."""
