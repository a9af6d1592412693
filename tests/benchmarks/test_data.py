import json

import pytest

from benchmarks import data


def write(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")


def squad(context, question):
    qas = [{"id": "q1", "question": question, "answers": []}]
    return {"data": [{"title": "Rhine", "paragraphs": [{"context": context, "qas": qas}]}]}


def test_xquad_ids_are_parallel_between_languages(tmp_path):
    write(tmp_path / "xquad" / "xquad.en.json", squad("The Rhine flows.", "What flows?"))
    write(tmp_path / "xquad" / "xquad.de.json", squad("Der Rhein fließt.", "Was fließt?"))
    loaded = data.xquad(tmp_path)
    assert [each.id for each in loaded.paragraphs] == ["en/0/0", "de/0/0"]
    assert {each.place for each in loaded.questions} == {"0/0"}
    assert {each.topic for each in (*loaded.questions, *loaded.paragraphs)} == {"Rhine"}


def test_a_missing_set_names_its_folder(tmp_path):
    with pytest.raises(data.DataMissing, match="xquad"):
        data.xquad(tmp_path)


def test_an_article_without_metadata_has_no_publisher_and_no_date(tmp_path):
    lines = [
        {"doc_id": "a", "title": "T", "body": "B"},
        {
            "doc_id": "b",
            "title": "T",
            "body": "B",
            "source": "Wire",
            "published_at": "2023-10-08T21:56:00+00:00",
        },
    ]
    write(tmp_path / "multihop-rag" / "corpus.jsonl", "\n".join(map(json.dumps, lines)))
    bare, full = data.multihop_articles(tmp_path)
    assert (bare.publisher, bare.published) == ("", None)
    assert (full.publisher, str(full.published)) == ("Wire", "2023-10-08")


def test_span_questions_are_half_open_spans(tmp_path):
    references = json.dumps([{"content": "x", "start_index": 3, "end_index": 4}]).replace('"', '""')
    csv = f'question,references,corpus_id\nWhy?,"{references}",news\n'
    write(tmp_path / "chroma-chunking-eval" / "questions_df.csv", csv)
    assert data.span_questions(tmp_path) == (data.SpanQuestion("Why?", "news", ((3, 4),)),)


def test_squad2_without_an_answer_is_unanswerable(tmp_path):
    folder = tmp_path / "squad2-500"
    write(folder / "ground_truth.json", {"1": {"is_impossible": True}, "2": {"is_impossible": False}})
    rows = [{"id": key, "question": "Q", "context": "C"} for key in ("1", "2")]
    write(folder / "queries.json", {"queries": rows})
    assert [each.answerable for each in data.squad2(tmp_path)] == [False, True]


def test_a_quick_look_is_spread_over_the_whole_set():
    assert data.some(range(10), 3) == (0, 3, 6)
    assert data.some(range(10), 20) == tuple(range(10))
    assert data.some(range(10), None) == tuple(range(10))
