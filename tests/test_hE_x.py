import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from personalization.overview import overview
from tests.personalization.views.labelled import labelled
@pytest.mark.django_db
def test_x():
    labelled()
    with CaptureQueriesContext(connection) as c:
        overview()
    for q in c.captured_queries: 
        if "answered_at" in q["sql"]:
            print(q["sql"])
            with connection.cursor() as cur:
                cur.execute("set enable_seqscan=off")
                cur.execute("EXPLAIN "+q["sql"]); print("\n".join(r[0] for r in cur.fetchall()))
