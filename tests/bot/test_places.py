from bot import places


def test_all_spellings_of_a_name_know_each_other():
    assert "germany" in places.spellings("deutschland")
    assert "deutschland" in places.spellings("germany")


def test_an_unlisted_name_is_only_itself():
    assert places.spellings("mistral") == {"mistral"}
    assert not places.known("mistral")


def test_a_name_spelt_alike_in_both_languages_is_known():
    assert places.known("london")
    assert places.spellings("london") == {"london"}
