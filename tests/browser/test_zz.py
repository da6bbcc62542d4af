import time, cProfile, pstats
from django.test import Client
from tests.browser.pages import page
def test_zz(visit, content):
    c = Client(); c.cookies["sessionid"] = content.session
    for name in ("agreement","agreement-ordinal","disagreements","studies"):
        a = page(name).address(content)
        c.get(a); c.get(a)
        t=time.process_time(); w=time.perf_counter(); r=c.get(a); print(name, "cpu", round(time.process_time()-t,3), "wall", round(time.perf_counter()-w,3), len(r.content))
    p=cProfile.Profile(); p.enable(); c.get(page("agreement-ordinal").address(content)); p.disable()
    pstats.Stats(p).sort_stats("tottime").print_stats(12)
    with visit() as tab:
        for name in ("agreement-ordinal","studies"):
            t=time.process_time(); w=time.perf_counter(); tab.goto(page(name).address(content)); print(name,"goto cpu", round(time.process_time()-t,3), round(time.perf_counter()-w,3))
            from tests.browser.test_accessible import violations, TOO_WIDE
            t=time.process_time(); w=time.perf_counter(); tab.evaluate(TOO_WIDE); print(name,"wide cpu", round(time.process_time()-t,3), round(time.perf_counter()-w,3))
            t=time.process_time(); w=time.perf_counter(); violations(tab); print(name,"axe cpu", round(time.process_time()-t,3), round(time.perf_counter()-w,3))
