from bot import coverage
from bot.alignment import align, following, preceding, within
from bot.evidence import gather
from retrieval.lexicon import Lexicon

LEXICON = Lexicon([("vertrag", "contract"), ("ende", "end")])


def aligned(text, language, source, other):
    (sentence,) = gather([(source, other)], LEXICON).sentences
    return align(text, coverage.read(text, language, LEXICON), sentence)


def test_words_are_put_beside_their_likes():
    pair = aligned("The contract ends.", "en", "The new contract ends, and contracts end.", "en")
    assert pair.there == {1: {2, 5}, 2: {3, 6}}
    assert pair.back == {2: {1}, 5: {1}, 3: {2}, 6: {2}}


def test_translations_are_likes():
    assert aligned("The contract", "en", "Der Vertrag", "de").there == {1: {1}}


def test_neighbours_are_content_words_of_the_same_clause():
    side = aligned("x", "en", "The old vendor is late, but the new vendor delivers", "en").theirs
    assert [side.forms[i] for i in following(side, 1)] == ["vendor", "late"]
    assert [side.forms[i] for i in preceding(side, 9)] == ["vendor", "new"]
    assert (side.before(0), side.after(9), side.word(0)) == ("", "", "The")


def test_reach():
    assert within((1, 9), 2, (4, 7))
    assert not within((1,), 2, (4,))
