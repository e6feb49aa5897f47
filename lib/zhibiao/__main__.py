"""``python -m zhibiao`` is the command ``zhibiao``."""

from zhibiao.cli import main

if __name__ == "__main__":
    main()
