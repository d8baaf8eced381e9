"""Network architectures: one file builds each; `models.catalog` lists them without loading Keras."""
