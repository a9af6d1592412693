from benchmarks import report
from benchmarks.report import Table, Target

HOLDS = Target("at least .8", ".9", True)
TABLE = Table("Finding", ("who", "nDCG"), (("ours|here", ".9"),), ("how it was done",), (HOLDS,))


def test_a_table_shows_rows_targets_and_notes():
    text = report.markdown(TABLE)
    assert "### Finding" in text
    assert "| who | nDCG |" in text
    assert "| ours\\|here | .9 |" in text
    assert "**holds**: at least .8. Measured: .9." in text
    assert "how it was done" in text


def test_a_missed_target_is_shouted():
    missed = Table("t", ("a",), (), targets=(Target("fast", "slow", False),))
    assert "**MISSED**: fast" in report.markdown(missed)


def test_points_have_three_digits_and_no_leading_zero():
    assert [report.points(value) for value in (0.9371, 0.0, 1.0)] == [".937", ".000", "1.000"]


def test_merging_replaces_a_section_and_keeps_the_others():
    first = report.merge("", {"b": report.section("b", "monday", [TABLE])}, ("a", "b"))
    second = report.merge(first, {"a": report.section("a", "tuesday", [TABLE])}, ("a", "b"))
    third = report.merge(second, {"b": report.section("b", "wednesday", [TABLE])}, ("a", "b"))
    assert [name for name, _ in report._sections(third)] == ["a", "b"]
    assert "tuesday" in third
    assert "wednesday" in third
    assert "monday" not in third


def test_merging_nothing_changes_nothing():
    text = report.merge("", {"a": report.section("a", "monday", [TABLE])}, ("a",))
    assert report.merge(text, {}, ("a",)) == text


def test_a_section_that_is_no_longer_known_is_kept():
    text = report.merge("", {"old": report.section("old", "monday", [TABLE])}, ("old",))
    assert "## old" in report.merge(text, {}, ("a",))


def test_keep_writes_the_file(tmp_path):
    path = tmp_path / "RESULTS.md"
    report.keep({"a": report.section("a", "monday", [TABLE])}, ("a",), path)
    assert path.read_text(encoding="utf-8").startswith("# Measured results")
