"""The words all share."""

from concurrent.futures import ThreadPoolExecutor

from shopbell.kernel.ids import is_id, new_id


def test_ids_made_one_after_the_other_sort_in_that_order() -> None:
    made = [new_id() for _ in range(5_000)]
    assert made == sorted(made)
    assert all(map(is_id, made))
    assert all(one[14] == "7" and one[19] in "89ab" for one in made)


def test_ids_made_at_once_are_all_different() -> None:
    with ThreadPoolExecutor(8) as people:
        made = list(people.map(lambda _: new_id(), range(20_000)))
    assert len(set(made)) == len(made)
