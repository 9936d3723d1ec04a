"""A question to the team that names nobody, asked and answered."""

SITUATION = "Asiakas pelkää miestään, joka on uhannut häntä. Lapsi A on kotona. Kuuluuko tämä teille?"
ANSWER = "Kuuluu. Soita ensin turvakotiin 016 000 000 ja kysy asiakkaan suostumus."


async def asked(house, login="officer", text=SITUATION, **more):
    """Ask the team; return the question's reference."""
    body = {"team": await house.team(), "text": text} | more
    return (await (await house.person(login)).post("/consultations", body, 201))["reference"]


async def answered(house, login="officer"):
    question = await asked(house, login)
    await (await house.person("coordinator")).post(f"/consultations/{question}/answers", {"text": ANSWER})
    return question
