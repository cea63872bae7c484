"""How the facts in `data/` become the files of the package."""
