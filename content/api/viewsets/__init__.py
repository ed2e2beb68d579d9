"""Content over REST, one module per noun. Changes call the same actions as the pages."""
