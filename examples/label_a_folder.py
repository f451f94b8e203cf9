"""Label a folder of files on the processes of this machine through Dask, exactly as on a cluster of many machines.

From the command line, with a scheduler that runs already: ``statclass label quotes/ -o labelled/ --dask tcp://...``
"""

import json
import tempfile
from pathlib import Path

from dask.distributed import LocalCluster

from statclass.cli import main

QUOTES = ["We will not sign a paper that hands over the port.", "The two delegations will meet again on Thursday."]

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "quotes").mkdir()
        for number in range(4):
            rows = [{"id": f"{number}-{n}", "quote": quote} for n, quote in enumerate(QUOTES)]
            lines = "".join(json.dumps(row) + "\n" for row in rows)
            (folder / "quotes" / f"part-{number}.jsonl").write_text(lines, encoding="utf-8")
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
            main(["label", f"{folder}/quotes", "-o", f"{folder}/labelled", "--dask", cluster.scheduler_address])
        for path in sorted((folder / "labelled").iterdir()):
            print(path.name, [json.loads(line)["label"] for line in path.open(encoding="utf-8")])
