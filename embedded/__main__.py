"""The command line of this room."""

import argparse
import sys

from embedded.refused import Refused
from embedded.up import up


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m embedded", description="Runs Crier on this machine.")
    parser.add_argument("command", choices=["up"], help="start everything, and stay until Ctrl-C")
    parser.parse_args()
    try:
        return up()
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
