"""Find who said what in an article, and what each statement does."""

from pathlib import Path

import statclass

article = (Path(__file__).parent / "article.txt").read_text(encoding="utf-8")
for statement, prediction in statclass.classify_article(article):
    print(f"{prediction.label:13s} {statement.speaker}: {statement.text}")
