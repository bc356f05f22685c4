"""The secret of a home: made once, by one of many, and readable by its owner alone."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from manypaths.base.secret_key import keep_secret, kept_secret


def test_a_home_without_a_secret_says_so(tmp_path: Path) -> None:
    assert kept_secret(tmp_path / "home") is None


def test_a_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    keep_secret(home)
    first = kept_secret(home)
    keep_secret(home)
    assert first is not None
    assert len(first) >= 50
    assert kept_secret(home) == first
    assert [file.name for file in home.iterdir()] == ["secret-key"]
    assert (home / "secret-key").stat().st_mode & 0o777 == 0o600
    assert home.stat().st_mode & 0o777 == 0o700


def test_of_many_who_make_it_at_once_all_read_the_same(tmp_path: Path) -> None:
    def made(_: int) -> str | None:
        keep_secret(tmp_path)
        return kept_secret(tmp_path)

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(made, range(40)))) == 1
