"""Label a file of quotes with the command, as ``statclass label examples/quotes.csv -o labelled.csv`` does."""

import tempfile
from pathlib import Path

from statclass.cli import main

HERE = Path(__file__).parent

with tempfile.TemporaryDirectory() as folder:
    output = Path(folder) / "labelled.csv"
    main(["label", str(HERE / "quotes.csv"), "-o", str(output)])
    print(output.read_text(encoding="utf-8"))
