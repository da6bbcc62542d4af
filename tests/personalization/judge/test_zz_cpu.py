import time, cProfile, pstats
import pytest
from tests import factories as make
from tests.personalization.judge.judged import compared
from annotation import models as m
from personalization.judge.material import load
from personalization.judge.prompting import request
from personalization.judge.parsing import read
from personalization.judge.raters import judge_rater
from personalization.judge.scales import scale_of
from personalization.judge.manner import Manner
from personalization.judge.settlement import settle
from personalization.llm.backend import Answer
pytestmark = pytest.mark.django_db
def test_it():
    compared(make.enrolled(), "Try the lake. "*60, "Try the sea. "*60)
    item = m.Item.objects.filter(question__kind="overall").first()
    q = item.question; scale = scale_of(q)
    for manner in (Manner(), Manner("certainty"), Manner("shares")):
        c = judge_rater(make.endpoint(url="https://m.example.org"), "big", {}, manner).configuration
        seen = load([item.pk], manner)[item.pk]
        n=2000
        request(seen,q,scale,"ab",c)
        t=time.process_time()
        for i in range(n): request(seen,q,scale,"ab",c)
        a=(time.process_time()-t)/n
        text={"value":"It sails.\nAnswer: 4","certainty":"X\n[[4]] [[80]]","shares":'{"4": 80, "3": 20}'}[manner.answer]
        t=time.process_time()
        for i in range(n): p=read(Answer(text,"stop",{}),scale,"ba",manner)
        b=(time.process_time()-t)/n
        t=time.process_time()
        for i in range(n): settle({"ab":[p.reading],"ba":[p.reading]},scale)
        s=(time.process_time()-t)/n
        lad="I think **4** it is, as 4 is better"
        t=time.process_time()
        for i in range(n): read(Answer(lad,"stop",{}),scale,"ba",manner)
        l=(time.process_time()-t)/n
        print(manner.answer, "request us",a*1e6,"read",b*1e6,"ladder",l*1e6,"settle",s*1e6)
    pr=cProfile.Profile(); pr.enable()
    for i in range(500): request(seen,q,scale,"ab",c)
    pr.disable(); pstats.Stats(pr).sort_stats("tottime").print_stats(10)
