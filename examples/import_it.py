"""Label statements from your own code, and see why."""

import statclass

prediction = statclass.classify("We will not be summoned by anyone.")
print(prediction.label, prediction.scores)

for statement in statclass.classify_many(["They shelled the market on purpose.", "The talks resume on Monday."]):
    print(statement.label, round(statement.confidence, 2))

for contribution in statclass.explain("There is not a shred of evidence for this.")[:3]:
    print(contribution.label, contribution.feature, contribution.words)
