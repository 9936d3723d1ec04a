from multiagency.demo import story
from tests.journeys.conftest import BUILD

def shoot(v, name):
    for w, h in ((1280, 900), (375, 800)):
        v.resize({"width": w, "height": h})
        v.page.screenshot(path=str(BUILD / f"five-{name}-{w}.png"), full_page=True)
        assert v.page.evaluate("document.documentElement.scrollWidth") <= w, (name, w)
    print(name, len(v.page.content()))

def test_pictures(visit):
    BUILD.mkdir(parents=True, exist_ok=True)
    v = visit("officer")
    v.goto("/cases/new")
    shoot(v, "new")
    p = v.page
    p.fill("#client-name", "Katja Kolmas"); p.fill("#client-born", "030594W903C")
    p.fill("#person_using_violence-name", "Petteri Kolmas")
    p.fill("#child-0-name", "Eetu Kolmas"); p.fill("#child-0-born", "020516-903K")
    v.submit(422)
    shoot(v, "new-wrong")
    p.fill("#client-born", "030594W903B"); p.fill("#child-0-born", "020516C903K")
    p.select_option("#child-0-relation", "of_both")
    with p.expect_navigation():
        p.press("#client-name", "Enter")
    assert p.url.endswith("/situation"), p.url
    shoot(v, "situation")
    ref = p.url.split("/")[-2]
    p.fill("#safe_from", "09:00")
    p.get_by_text("Muu", exact=True).click()
    p.select_option("#language", "other")
    p.get_by_text("En, koska").click()
    v.submit(422)
    shoot(v, "situation-wrong")
    v.goto(f"/cases/{ref}/people"); shoot(v, "people")
    v.goto(f"/cases/{ref}"); shoot(v, "draft")
    v.goto("/cases/new/team"); shoot(v, "team")
