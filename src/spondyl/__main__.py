"""``python -m spondyl``: the command line without its script."""

from spondyl.cli import main

if __name__ == "__main__":
    main()
