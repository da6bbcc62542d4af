import time
def test_it(visit, content) -> None:
    from tests.browser.pages import PAGES
    with visit() as page:
        for one in PAGES:
            if one.role != "researcher": continue
            for k in range(2):
                t=time.perf_counter(); page.goto(one.address(content)); a=time.perf_counter()
                page.screenshot(path="/tmp/h7/p.png", full_page=True); b=time.perf_counter()
            print(f"{one.name:24} goto {a-t:.2f} shot {b-a:.2f}")
