"""Tools that turn the facts in `data/` into the files of the package, and generate other files of the repository and its site."""
