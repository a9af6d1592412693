import os
import random
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.embed import TorchEmbedder, batches, export, load_embedder, verify
from retrieval.errors import ModelDamaged, ModelMissing
from retrieval.models import DEFAULT, check_weights, location, slug, spec
from retrieval.pooling import Parted

TEXTS = [
    "",
    "MAI-1",
    "What happens to us if OpenAI falters?",
    "Was passiert, wenn ein Anbieter ausfällt?",
    "Die Kündigungsfrist beträgt neunzig Tage zum Quartalsende, sofern nichts anderes vereinbart ist.",
    "Microsoft turns to its own models, and the contract ends on 28 February 2027. " * 3,
    "Zwei Sätze. Der zweite ist etwas länger als der erste, aber nicht viel.",
    "Gigawatt-scale compute, 15,000 H100, and a forecast loss of 14 billion dollars. " * 40,
]


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    export(DEFAULT, folder)
    return folder


@pytest.fixture(scope="module")
def embedder(models):
    return load_embedder(DEFAULT, models)


@pytest.fixture(scope="module")
def original():
    return TorchEmbedder(spec(DEFAULT))


@pytest.fixture
def touched(models):
    """The export, with the chance to spoil a file of it; put right afterwards."""
    file = models / slug(DEFAULT) / "model.onnx"
    before, times = file.read_bytes(), file.stat()
    yield file
    file.write_bytes(before)
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))


def test_exported_vectors_agree_with_the_original_in_both_languages_and_beyond_the_window(embedder, original):
    ours, theirs = embedder.passages(TEXTS), original.passages(TEXTS)
    assert (ours * theirs).sum(axis=1).min() >= 0.9999


def test_vectors_are_float32_of_length_one_in_the_order_of_the_texts(embedder):
    vectors = embedder.passages(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), embedder.dimension)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for place, text in enumerate(TEXTS):
        assert np.abs(embedder.passages([text])[0] - vectors[place]).max() < 1e-5


def test_the_batch_a_text_stands_in_does_not_change_its_vector(embedder):
    alone = embedder.passages(TEXTS)
    shuffled = list(enumerate(TEXTS * 3))
    random.Random(7).shuffle(shuffled)
    among = embedder.passages([text for _, text in shuffled])
    for row, (place, _) in enumerate(shuffled):
        assert np.abs(among[row] - alone[place % len(TEXTS)]).max() < 1e-5


def test_the_same_texts_make_the_same_vectors_twice(embedder):
    assert np.array_equal(embedder.passages(TEXTS), embedder.passages(TEXTS))


LONG = "Gigawatt-scale compute, 15,000 H100, and a loss. " * 60
PARTED = [
    Parted("OpenAI falters. Who pays?", ((0, 15), (16, 25))),
    Parted("A title\nEin Satz. \u200b", ((8, 17), (18, 19))),
    Parted(LONG, ((0, 48), (49, 97), (len(LONG) - 49, len(LONG) - 1))),
    Parted("No parts."),
]


def test_a_text_taken_with_its_parts_has_the_vector_it_has_alone(embedder, original):
    alone = embedder.passages([each.text for each in PARTED])
    for each in (embedder, original):
        whole = np.stack([vectors[0] for vectors in each.parted(PARTED)])
        assert (whole * alone).sum(axis=1).min() >= 0.9999


def test_parts_are_coloured_by_their_context_and_still_their_own(embedder):
    [vectors, *_] = embedder.parted(PARTED)
    alone = embedder.passages(PARTED[0].parts())
    likeness = vectors[1:] @ alone.T
    assert vectors.shape == (3, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert likeness.argmax(axis=1).tolist() == [0, 1]
    assert 0.5 < likeness[0, 0] < 0.9999


def test_a_part_beyond_the_window_or_without_words_is_embedded_by_itself(embedder):
    parted = embedder.parted(PARTED)
    alone = embedder.passages([PARTED[2].parts()[2], PARTED[1].parts()[1]])
    assert parted[2][3] @ alone[0] >= 0.9999
    assert parted[1][2] @ alone[1] >= 0.9999


def test_the_export_parts_texts_as_the_original_does(embedder, original):
    for ours, theirs in zip(embedder.parted(PARTED), original.parted(PARTED), strict=True):
        assert (ours * theirs).sum(axis=1).min() >= 0.9999
    assert embedder.parted([]) == original.parted([]) == []


def test_no_texts_make_no_vectors(embedder, original):
    assert embedder.passages([]).shape == (0, 384)
    assert original.passages([]).shape == (0, 384)


@pytest.mark.parametrize(
    "odd", ["half \ud800 pair", "\udfff", "\x00", "\u200b\u202e", "👩‍🔧", " \n\t", "x" * 50_000]
)
def test_odd_unicode_makes_a_vector_like_any_other(embedder, original, odd):
    for each in (embedder, original):
        assert np.isclose(np.linalg.norm(each.query(odd)), 1, atol=1e-5)


def test_a_query_is_one_vector_equal_to_the_passage_where_the_model_has_no_prefixes(embedder):
    assert embedder.query(TEXTS[2]).shape == (384,)
    assert np.abs(embedder.query(TEXTS[2]) - embedder.passages([TEXTS[2]])[0]).max() < 1e-6


def test_the_packaged_model_says_it_understands_english_unless_told_otherwise(models):
    assert load_embedder(DEFAULT, models).languages == {"en"}
    assert load_embedder(DEFAULT, models, frozenset({"de", "en"})).languages == {"de", "en"}


def test_embedding_with_the_export_imports_no_torch(models):
    script = (
        "import sys; from pathlib import Path; from retrieval.embed import load_embedder\n"
        "assert 'onnxruntime' not in sys.modules and 'tokenizers' not in sys.modules\n"
        f"load_embedder({DEFAULT!r}, Path({str(models)!r})).query('hello')\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'onnx'} & set(sys.modules)\n"
        "print(*sorted(heavy))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")


def test_without_an_export_the_model_runs_on_sentence_transformers(tmp_path):
    assert isinstance(load_embedder(DEFAULT, tmp_path), TorchEmbedder)


def test_a_sound_export_has_nothing_wrong_with_it_and_is_not_made_again(models):
    before = (models / slug(DEFAULT) / "model.onnx").stat().st_mtime_ns
    assert verify(DEFAULT, models) == ""
    export(DEFAULT, models)
    assert (models / slug(DEFAULT) / "model.onnx").stat().st_mtime_ns == before


def test_a_changed_byte_in_the_export_is_found_even_when_size_and_time_look_right(models, touched):
    data, times = bytearray(touched.read_bytes()), touched.stat()
    data[len(data) // 2] ^= 1
    touched.write_bytes(data)
    os.utime(touched, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert "damaged" in verify(DEFAULT, models)


def test_a_truncated_export_is_not_used(models, touched):
    touched.write_bytes(touched.read_bytes()[:1000])
    assert isinstance(load_embedder(DEFAULT, models), TorchEmbedder)


def test_a_half_made_export_leaves_nothing_behind(models):
    assert [each.name for each in models.iterdir()] == [slug(DEFAULT)]


def test_a_model_that_cannot_be_had_is_missing_and_says_what_to_do(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelMissing) as caught:
        load_embedder(str(tmp_path / "empty"), tmp_path).query("hello")
    assert caught.value.advice


def test_vetted_weights_pass_and_others_do_not():
    check_weights(spec(DEFAULT))
    with pytest.raises(ModelDamaged, match="vetted"):
        check_weights(replace(spec(DEFAULT), sha256="0" * 64))


@given(st.lists(st.integers(0, 512), max_size=80))
def test_batches_hold_every_text_once(lengths):
    assert sorted(place for batch in batches(lengths) for place in batch) == list(range(len(lengths)))


@given(st.lists(st.integers(1, 512), min_size=1, max_size=80))
def test_batches_are_of_like_length(lengths):
    ranges = sorted(
        (min(own), max(own)) for own in ([lengths[place] for place in batch] for batch in batches(lengths))
    )
    assert all(before[1] <= after[0] for before, after in pairwise(ranges))


def test_e5_models_are_asked_and_told_with_their_prefixes():
    known = spec("intfloat/multilingual-e5-small")
    assert (known.query_prefix, known.passage_prefix, known.max_tokens) == ("query: ", "passage: ", 512)


def test_a_folder_named_like_a_known_model_keeps_its_prefixes_but_not_its_checksum():
    assert spec("/srv/multilingual-e5-base").passage_prefix == "passage: "
    assert spec("/srv/all-MiniLM-L6-v2").sha256 is None


def test_an_unknown_model_has_no_prefixes_and_counts_as_multilingual():
    known = spec("somebody/some-model")
    assert (known.query_prefix, known.passage_prefix, known.languages) == ("", "", {"de", "en"})


def test_the_long_name_of_the_packaged_model_means_the_packaged_model():
    assert spec("sentence-transformers/all-MiniLM-L6-v2") == spec(DEFAULT)
    assert Path(location(DEFAULT)).is_dir()


def test_slugs_are_folder_names_that_differ_between_models():
    names = ["a/model", "b/model", "/srv/model", "../model", "C:\\model", DEFAULT]
    slugs = {slug(name) for name in names}
    assert len(slugs) == len(names)
    assert not any(set(each) & set("/\\:") or each.startswith(".") for each in slugs)
