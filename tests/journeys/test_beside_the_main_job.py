"""What happens beside the main job, without JavaScript: a child in danger, one recipient less, an emergency."""

from tests.journeys.test_main_job import open_case, opened, submitted  # noqa: F401 - fixtures

from multiagency.demo import story


def test_an_officer_notifies_child_welfare_and_intake_reads_it(visit, submitted):  # noqa: F811
    case = submitted[0]
    officer = visit("officer")
    officer.goto(f"/cases/{case}").follow(link="Tee lastensuojeluilmoitus")
    officer.follow(link="Tee lastensuojeluilmoitus")
    assert officer.page.locator("input:checked").count() == 0, "something is ticked beforehand"
    officer.tick("recipient", "Tunturi-Lapin hyvinvointialue").tick("children", story.CHILD["name"])
    officer.fill(reason="Lapsi näki väkivallan.").submit(200)
    assert "ilman asiakkaan suostumusta" in officer.text
    officer.picture("notification-check").press("^Lähetä lastensuojeluilmoitus")
    intake = visit("child-welfare")
    intake.goto("/inbox").follow(".tasks a")
    assert story.CHILD["name"] in intake.text
    assert "Lapsi näki väkivallan." in intake.text
    assert story.COUNTY_PART not in intake.text
    intake.picture("inbox-item")


def test_one_agency_loses_sight_and_the_others_keep_it(visit, submitted, opened):  # noqa: F811
    case = submitted[0]
    municipality, police = visit("municipality"), visit("police")
    for seated in (municipality, police):
        assert story.CLIENT["name"] in seated.goto(f"/cases/{case}").text
    visit("officer").goto(f"/cases/{case}/consent/withdrawal").tick("who", "Revontulen kunta").tick(
        "what", "Kaikki tiedot"
    ).submit()
    municipality.goto(f"/cases/{case}", 404).picture("not-visible")
    assert case not in municipality.text
    assert story.CLIENT["name"] in police.goto(f"/cases/{case}").text


def test_a_coordinator_is_told_when_the_glass_is_broken(visit, submitted):  # noqa: F811
    case = submitted[1]
    worker = visit("county")
    worker.goto(f"/cases/{case}", 404)
    worker.goto("/").follow(link="Avaa asia hätätilanteessa")
    worker.fill(reference=case, reason="Asiakas soitti ja on hengenvaarassa.", minutes="30").submit()
    assert story.SECOND_CLIENT["name"] in worker.goto(f"/cases/{case}").text
    coordinator = visit("coordinator").goto("/notices").picture("notices")
    assert "hätätilanteessa" in coordinator.text
    coordinator.press("^Avaa").follow(link="Avattu hätätilanteessa")
    assert "hengenvaarassa" in coordinator.text
    coordinator.picture("openings")
