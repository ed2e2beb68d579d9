"""How content looks over REST, one module per noun."""
