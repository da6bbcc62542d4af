def test_it(visit) -> None:
    with visit() as page:
        r = page.goto("/studies/")
        assert r.status == 200
        page.screenshot(path="/tmp/a.png")
