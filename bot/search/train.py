"""`python -m bot.search.train --content DIR --translations DIR --out DIR [--model NAME_OR_PATH]`."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.errors import KiteError
from bot.search.threads import keep_to_one_thread


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bot.search.train", description="Train the topic search.")
    parser.add_argument("--content", type=Path, required=True, help="folder of the content")
    parser.add_argument("--translations", type=Path, required=True, help="folder of the translations")
    parser.add_argument("--out", type=Path, required=True, help="folder that the trained search goes to")
    parser.add_argument(
        "--model",
        default=os.environ.get("KITE_EMBEDDING_MODEL", ""),
        help="name or path of a sentence-transformers model; Kite trains its own when empty",
    )
    given = parser.parse_args(arguments)
    keep_to_one_thread()
    from bot.search.training import train  # noqa: PLC0415 (numpy reads the number of threads when it is imported)

    try:
        train(given.content, given.translations, given.out, model=given.model, tell=_say)
    except KiteError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
