"""Compare n_items of each record with the items its votes page lists."""
import pytest
from collections import Counter
from tests.personalization.views.labelled import labelled
from tests.personalization.views.test_votes import rows_of, asked_of
@pytest.mark.parametrize("scale",[False,True])
def test_probe(researcher, scale):
    mapping = {"level": "ordinal", "options": ["1", "2", "3"], "candidates": None}
    data = labelled(items=36, mapping=mapping if scale else {})
    out=Counter(); ok=Counter()
    for record in researcher.get(data.path("agreement.json")).json():
        r = researcher.get(data.path("votes.csv"), asked_of(record))
        who = record["panel"].split(":")[0]+"~"+str(record["against"]).split(":")[0]
        if r.status_code!=200: out[(who,record["statistic"],"status",r.status_code)]+=1; continue
        items={row["item"] for row in rows_of(researcher, data, **asked_of(record))}
        if len(items)!=record["n_items"]: out[(who,record["statistic"],len(items),record["n_items"],record["reason"])]+=1
        else: ok[record["statistic"]]+=1
    for k in sorted(out): print(k,out[k])
    print("OK",sorted(ok))
