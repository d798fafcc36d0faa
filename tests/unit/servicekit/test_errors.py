"""The hierarchy of errors: codes are stable, unique, and say what to do."""

import pickle

import pytest

from servicekit.errors import FairwayError, NotFound, StorageFull, catalogue


def test_every_error_has_a_code_a_title_a_status_and_a_remedy() -> None:
    for code, error in catalogue().items():
        assert error.code == code
        assert code == code.lower().replace("_", "-").replace(" ", "-")
        assert error.title, code
        assert 400 <= error.status <= 599, code
        assert error.remedy.endswith("."), code


def test_the_catalogue_is_in_the_order_of_the_codes() -> None:
    assert list(catalogue()) == sorted(catalogue())
    assert catalogue()["storage-full"] is StorageFull


def test_two_classes_cannot_share_a_code() -> None:
    with pytest.raises(TypeError, match="'not-found' belongs to NotFound"):
        type("Other", (FairwayError,), {"code": "not-found", "title": "Other"})


def test_a_class_without_a_code_of_its_own_is_refused() -> None:
    with pytest.raises(TypeError, match="needs a code and a title"):
        type("Silent", (NotFound,), {"title": "Silent"})


def test_an_error_survives_the_way_between_processes() -> None:
    error = NotFound("No object 7", headers={"Retry-After": "5"}, number=7)
    error.add_note("in the child")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.headers, again.extensions, again.__notes__) == (
        NotFound,
        "No object 7",
        {"Retry-After": "5"},
        {"number": 7},
        ["in the child"],
    )


def test_an_error_is_one_sentence_with_its_remedy_for_a_terminal() -> None:
    assert StorageFull("The disk is full.").sentence == f"The disk is full. {StorageFull.remedy}"
