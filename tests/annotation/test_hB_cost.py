"""Throw-away: what the statements cost with a big bank and a long history."""
import time
import pytest
from django.db import connection
from annotation import checks, repeats, models as m
from annotation.models.slot import Purpose
from tests import factories as make, laid
from tests.annotation.banks import author, labeller

pytestmark = pytest.mark.django_db


def timed(name, act, n=30):
    out = []
    for _ in range(n):
        t = time.perf_counter(); act(); out.append((time.perf_counter() - t) * 1000)
    out.sort()
    print(f"{name}: median {out[n//2]:.2f} ms, max {out[-1]:.2f} ms")


def test_cost():
    owner = author()
    person = labeller(owner, gold_every=5, attention_every=0, sheets_each=30000)
    rater = laid.rater(person)
    study = owner.study
    q = laid.relevance(owner, "x").items.first().question
    m.Plan.objects.create(study=study, stage="relevance", stranger_repeats=10)
    BANK, LABELS = 1000, 60000
    sheets = m.Sheet.objects.bulk_create([m.Sheet(study=study, owner=laid.rater(owner), stage="relevance", use="gold" if i < BANK else "label") for i in range(BANK+LABELS)], batch_size=5000)
    qq = make.query(study=study)
    attrs = m.Attribute.objects.bulk_create([m.Attribute(study=study, participant=owner.participant, text=f"a{i}") for i in range(BANK)])
    items = m.Item.objects.bulk_create([m.Item(study=study, sheet=s, question=q, relevance_pair=m.RelevancePair.objects.create(attribute=a, query=qq)) for s, a in zip(sheets[:BANK], attrs)])
    m.Reference.objects.bulk_create([m.Reference(item=i, kind="gold", accepted=[1]) for i in items])
    from django.utils import timezone
    now = timezone.now()
    from datetime import timedelta
    m.Slot.objects.bulk_create([m.Slot(sheet=s, role="third_party", ordinal=0, rater=rater, leased_at=now, leased_until=now, submitted_at=now - timedelta(seconds=i)) for i, s in enumerate(sheets[BANK:BANK+20000])], batch_size=5000)
    m.Slot.objects.bulk_create([m.Slot(sheet=s, role="third_party", ordinal=1) for s in sheets[BANK:]], batch_size=5000)
    m.Slot.objects.bulk_create([m.Slot(sheet=s, role="third_party", purpose="gold", rater=r, reserved_for=r, leased_at=now, leased_until=now, submitted_at=now) for r in [make.person_rater() for _ in range(30)] for s in sheets[:BANK:3]], batch_size=5000)
    with connection.cursor() as c:
        c.execute("ANALYZE")
    person.others_sent = 20004
    person.refresh_from_db(); m.Enrollment.objects.filter(pk=person.pk).update(others_sent=20004); person.refresh_from_db()
    timed("repeats.due", lambda: repeats.due(person, rater))
    timed("checks.due (puts gold each time)", lambda: checks._put(person, rater, Purpose.GOLD, 1), 60)
    with connection.cursor() as c:
        p = {"study": study.pk, "use": "gold", "rater": rater.pk, "most": 1}
        c.execute("EXPLAIN (ANALYZE, BUFFERS) " + checks.PICK, p)
        print("\n".join(r[0] for r in c.fetchall()))
