from tests import world as w
def test_smoke(database, client, sign_in):
    world = w.build()
    w.submit(world, world.cases[0])
    sign_in(client, world.district_reviewer)
    page = client.get(f"/cases/{world.cases[0].id}")
    assert page.status_code == 200, page.text
    desk = client.get("/district/")
    assert desk.status_code == 200
    assert client.get(f"/district/rounds/{world.round.id}").status_code == 200
