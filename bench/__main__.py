"""`make bench`: every benchmark of this folder, one after the other; each prints its own table.

python -m bench [names]
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> int:
    found = sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("_"))
    wanted = sys.argv[1:] or found
    failed = []
    for name in wanted:
        if name not in found:
            print(f"There is no bench/{name}.py; there are: {', '.join(found) or 'none'}.", file=sys.stderr)
            return 2
        print(f"\n== {name} ==", flush=True)
        if subprocess.run([sys.executable, "-m", f"bench.{name}"], cwd=HERE.parent, check=False).returncode:
            failed.append(name)
    if failed:
        print(f"\nover a limit, or broken: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
