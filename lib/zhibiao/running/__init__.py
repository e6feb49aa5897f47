"""Running notebooks: one or a whole batch, several at a time, published whole or not at all."""
