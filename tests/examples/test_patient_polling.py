from __future__ import annotations

from itertools import islice

import pytest

from coinslot.errors import ConfigurationError
from tests.examples.conftest import Install, MakeStudio
from tests.examples.shop import Shop
from tests.payments.conftest import Clock

CREDITS = "prepaid-credits:credits"


def test_a_client_polls_with_it_by_name(
    install: Install, studio: MakeStudio, shop: Shop, clock: Clock
) -> None:
    install("prepaid-credits")
    install("patient-polling")
    shop.polls = 6
    client = studio(pay_with=[CREDITS], polling="patient")

    result = client.nano_banana_pro.generate(prompt="A sunset").wait()

    assert result.image_url
    # About 10 s, polled every 5 s, says the document.
    assert clock.slept == [10.0, 5.0, 7.5, 11.25, 16.875, 20.0]


def test_one_job_can_be_waited_for_with_it(
    install: Install, studio: MakeStudio, shop: Shop, clock: Clock
) -> None:
    install("prepaid-credits")
    install("patient-polling")
    shop.polls = 2
    job = studio(pay_with=[CREDITS]).nano_banana_pro.generate(prompt="A sunset")
    clock.time += 8

    job.wait(strategy="patient")

    assert clock.slept == [2.0, 5.0]


def test_without_it_the_error_names_what_there_is(install: Install, studio: MakeStudio) -> None:
    install("prepaid-credits")
    job = studio(pay_with=[CREDITS], polling="patient").nano_banana_pro.generate(prompt="A sunset")
    with pytest.raises(ConfigurationError, match="no polling strategy named 'patient'; there are: backoff"):
        job.wait()


def test_a_route_without_times_is_asked_at_its_interval(install: Install) -> None:
    install("patient-polling")
    from coinslot import Route
    from patient_polling import Patient

    delays = Patient(factor=2.0, most=3.0).delays(Route("POST", "/draw", poll_seconds=4), 1.0)
    assert list(islice(delays, 5)) == [3.0, 4.0, 8.0, 12.0, 12.0]


def test_a_plugin_object_offers_it_with_figures_of_ones_own(
    install: Install, studio: MakeStudio, shop: Shop, clock: Clock
) -> None:
    install("prepaid-credits")
    install("patient-polling")
    from patient_polling import Patient
    from patient_polling.plugin import Patience

    shop.polls = 4
    client = studio(
        pay_with=[CREDITS], polling="overnight", plugins=[Patience(overnight=Patient(2.0, 100.0))]
    )
    client.nano_banana_pro.generate(prompt="A sunset").wait()

    assert clock.slept == [10.0, 5.0, 10.0, 20.0]
