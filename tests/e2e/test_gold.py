"""`gongkai extract` on the real disclosures: the hand-checked one as its gold says, none of them silent."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

GONGKAI = Path(sys.executable).with_name("gongkai")
LEAST_F1 = "0.98"


def extract(*files: Path) -> list[str]:
    done = subprocess.run([GONGKAI, "extract", *files], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_the_gold_sample_is_read_as_by_hand(seeds: Path, tmp_path: Path) -> None:
    gold = seeds.parent / "gold"
    (seed,) = seeds.glob("001_*.txt")
    records = tmp_path / "records.jsonl"
    records.write_text("\n".join(extract(seed)), encoding="utf-8")
    truth = gold / "guangyang-2021.jsonl"
    score: list[str | Path] = [sys.executable, gold / "score.py", truth, records, "--min", LEAST_F1]
    done = subprocess.run(score, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_all_five_come_out_whole_in_one_call(seeds: Path) -> None:
    files = sorted(seeds.glob("*.txt"))
    assert len(files) == 5
    records = [json.loads(line) for line in extract(*files)]
    count = Counter(record["record"] for record in records)
    assert count["disclosure"] == len(files)
    assert len({record["id"] for record in records}) == len(records)
    unread = [record["message"] for record in records if record.get("check", "").startswith("unread_")]
    assert unread == []
    assert all(record["provenance"]["document"] for record in records)
