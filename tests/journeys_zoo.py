"""Journeys of every shape, for tests that must hold for all of them."""

from dataclasses import replace

from probes import auth_query, export_pack, investigation
from relrails.probe import Flaky, Journey, Page, Step, Target, backend, expect, get
from relrails.units import hours, ms, percent, seconds
from services import core_api

SITE = Target(name="site", url="https://www.example.com")
front_page = Journey(
    name="front_page",
    description="Open the front page, as `{{ anybody }}` may.",
    env="production",
    target=SITE,
    every=1 * seconds * 60,
    timeout=10 * seconds,
    steps=(
        Step(
            name="open",
            request=get("/"),
            expect=(expect.status(200), expect.body(matches="{{ok}}")),
            timeout=5 * seconds,
        ),
    ),
    objective=99 * percent,
    latency=2 * seconds,
)
quick = replace(auth_query.journey, name="quick", every=30 * seconds, latency=300 * ms, timeout=5 * seconds)
all_of = replace(investigation.journey, name="all_of", page=Page(failures=4, of=4), every=60 * seconds)
uneven = replace(all_of, name="uneven", every=50 * seconds)
first_of = replace(
    investigation.journey, name="first_of", page=Page(failures=1, of=1), flaky=Flaky(above=10 * percent, over=3 * hours)
)
rare = replace(export_pack.journey, name="rare", page=Page(failures=2, of=3))
JOURNEYS = (front_page, quick, all_of, uneven, first_of, rare)
zoo = replace(core_api.service, name="zoo", journeys=JOURNEYS)
slow_scrapes = replace(zoo, name="slow-zoo", scrape_interval=60 * seconds, journeys=(all_of, rare, front_page))
odd_scrapes = replace(
    zoo, name="odd-zoo", scrape_interval=20 * seconds, journeys=(rare, quick), traces="", logs="", runs=""
)
restless = replace(auth_query.journey, name="restless", every=5 * seconds, timeout=4 * seconds, latency=300 * ms)
quick_scrapes = replace(
    zoo,
    name="quick-zoo",
    scrape_interval=5 * seconds,
    journeys=(restless, replace(restless, name="calmer", every=10 * seconds)),
)
SERVICES = (zoo, slow_scrapes, odd_scrapes, quick_scrapes)

assert backend(front_page).name == "blackbox", backend(front_page).reasons
