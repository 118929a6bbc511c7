from bench.prints import CHANGES, measure
from tests.labels.test_prints import made_film


def test_likeness_of_other_films_and_of_changed_ones():
    films = [(film := made_film(seed)) - film.min() for seed in range(4)]
    found = measure([film / film.max() for film in films])
    assert (found["films"], found["pairs"], found["different_called_same"]) == (4, 6, 0)
    assert set(found["changed"]) == set(CHANGES)
    assert found["changed"]["mirrored"] == {"least": 1.0, "found": 1.0}
    assert found["changed"]["negative"]["found"] == 1.0
