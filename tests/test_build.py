"""The built dataset: rows against the gold record, labels against the ontology, bytes against a second build."""

import copy
import json
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as pq
import pytest
import yaml
from datasets import ClassLabel, Dataset, Features, List, load_dataset
from datasets import config as datasets_config

from conftest import ROOT, SMALL
from parley.api import load
from parley.checks import Corpus, load_corpus
from parley.corpus import CONTRASTS, FACT_STATUSES, ORIGINS, OUTLET_KINDS, PHENOMENA, WORLD_KINDS
from parley.dataset.build import build, differing
from parley.dataset.features import configs
from parley.dataset.tables import outermost
from parley.model import Document, Mention
from parley.ontology import load_ontology
from parley.reading import annotated

CONFIGS = list(configs())
OF_ARTICLES = [n for n in CONFIGS if n not in ("stories", "contrast")]  # the small corpus has none of these
REAL = ROOT / "data"


@pytest.fixture(scope="module", autouse=True)
def fresh_cache(tmp_path_factory: pytest.TempPathFactory) -> Any:
    before = datasets_config.HF_DATASETS_CACHE
    datasets_config.HF_DATASETS_CACHE = tmp_path_factory.mktemp("cache")
    yield
    datasets_config.HF_DATASETS_CACHE = before


@pytest.fixture(scope="module", params=[SMALL, REAL], ids=["small", "real"])
def corpus(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """A copy of a corpus, built."""
    if not list((request.param / "gold").glob("*.json")):
        pytest.skip("has no gold yet")
    built = ["*.parquet", "croissant.json", "README.md"]
    folder = tmp_path_factory.mktemp("built") / "data"
    shutil.copytree(request.param, folder, ignore=shutil.ignore_patterns(*built))
    found = load_corpus(folder)
    build(found)
    return found


@pytest.fixture(scope="module")
def small_corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = shutil.copytree(SMALL, tmp_path_factory.mktemp("small") / "data")
    found = load_corpus(Path(folder))
    build(found)
    return found


def named(value: Any, feature: Any) -> Any:
    """A loaded value with label names for numbers."""
    if value is None:
        return None
    if isinstance(feature, ClassLabel):
        return feature.int2str(value)
    if isinstance(feature, List):
        return [named(item, feature.feature) for item in value]
    if isinstance(feature, dict):
        return {key: named(value[key], inner) for key, inner in feature.items()}
    return value


def rows(corpus: Corpus, config: str, split: str = "test", *, streaming: bool = False) -> list[dict[str, Any]]:
    loaded = load(config, split, streaming=streaming, folder=corpus.folder)
    return [named(row, dict(loaded.features)) for row in loaded]


def all_rows(corpus: Corpus, config: str) -> list[dict[str, Any]]:
    """The rows of every split, in the order of the corpus's articles."""
    splits = dict.fromkeys(article.split for article in corpus.articles.values())
    order = {article: place for place, article in enumerate(corpus.articles)}
    found = [row for split in splits for row in rows(corpus, config, split)]
    return sorted(found, key=lambda row: order[row["id" if config == "documents" else "article"]])


def record_of(row: dict[str, Any]) -> dict[str, Any]:
    """The gold record, rebuilt from a row of the documents config: nulls left out, derived fields taken away."""

    def kept(item: dict[str, Any]) -> dict[str, Any]:
        return {
            k: [kept(i) if isinstance(i, dict) else i for i in v] if isinstance(v, list) else v
            for k, v in item.items()
            if v is not None
        }

    record = kept(
        {
            k: row[k]
            for k in (
                *("id", "canary", "ontology", "annotator", "sha256"),
                *("mentions", "entities", "events", "propositions", "stances"),
            )
        }
    )
    for mention in record["mentions"]:
        if "entity" in mention:
            del mention["type"]
    for entity in record["entities"]:
        entity.pop("wikidata", None)
        entity.pop("side", None)
    for item in record["events"] + record["stances"]:
        item.setdefault("via", None)
    return record


def test_the_documents_config_holds_the_whole_gold_record(corpus: Corpus) -> None:
    found = all_rows(corpus, "documents")
    assert [row["id"] for row in found] == list(corpus.articles)
    for row in found:
        assert msgspec.convert(record_of(row), Document) == corpus.gold[row["id"]]
        article = corpus.articles[row["id"]]
        assert row["text"] == corpus.texts[row["id"]]
        assert row["zones"] == [msgspec.structs.asdict(zone) for zone in article.zones]
        assert (row["title"], row["date"], row["date_basis"]) == (article.title, article.date.value, article.date.basis)


@pytest.mark.parametrize("config", CONFIGS)
def test_streamed_rows_are_the_loaded_rows(corpus: Corpus, config: str) -> None:
    assert rows(corpus, config, streaming=True) == rows(corpus, config)


@pytest.mark.parametrize("config", CONFIGS)
def test_features_come_from_the_ontology_and_survive_loading(corpus: Corpus, config: str) -> None:
    loaded = load(config, folder=corpus.folder)
    assert isinstance(loaded, Dataset)
    assert loaded.features == configs()[config].features
    ontology = load_ontology()
    lists = [
        ontology.names(kind)
        for kind in ("entity_types", "mention_types", "forms", "gpe_roles", "zones", "statuses", "harms")
    ]
    lists += [ontology.names(kind) for kind in ("event_types", "event_groups", "argument_roles", "facets", "time_mods")]
    lists += [ORIGINS, OUTLET_KINDS, PHENOMENA, WORLD_KINDS, FACT_STATUSES, CONTRASTS]
    lists += [ontology.names("qty_qualifiers"), ["none", *ontology.names("polarities")]]
    lists += [[*ontology.names("statuses"), "unconfirmed"], ["type", "status", "time", "agent", "patient", "number"]]
    tags = [f"{place}-{kind}" for kind in ontology.names("mention_types") for place in "BI"]
    for names in label_lists(loaded.features):
        assert names in [*lists, ["O", *tags]]


def label_lists(feature: Any) -> list[list[str]]:
    if isinstance(feature, ClassLabel):
        return [feature.names]
    if isinstance(feature, List):
        return label_lists(feature.feature)
    if isinstance(feature, dict | Features):
        return [names for inner in feature.values() for names in label_lists(inner)]
    return []


def test_sentences_tokens_and_tags_are_where_they_say(corpus: Corpus) -> None:
    for row in rows(corpus, "entities"):
        text = corpus.texts[row["article"]]
        assert text[row["start"] : row["end"]] == row["text"]
        assert [text[s:e] for s, e in zip(row["token_starts"], row["token_ends"], strict=True)] == row["tokens"]
        tags = ["O"] * len(row["tokens"])
        for mention in row["mentions"]:
            assert text[mention["start"] : mention["end"]] == mention["text"]
            first, last = mention["token_start"], mention["token_end"] - 1
            assert (row["token_starts"][first], row["token_ends"][last]) == (mention["start"], mention["end"])
            if mention["outermost"]:
                tags[first : last + 1] = [f"B-{mention['type']}"] + [f"I-{mention['type']}"] * (last - first)
        assert tags == row["ner_tags"]


def test_every_mention_event_and_pair_has_its_place(corpus: Corpus) -> None:
    sentences, events, pairs = (all_rows(corpus, config) for config in ("entities", "events", "stance"))
    for name, gold in corpus.gold.items():
        shown = [m["id"] for row in sentences if row["article"] == name for m in row["mentions"]]
        assert sorted(shown) == sorted(m.id for m in gold.mentions)
        assert [row["event"] for row in events if row["article"] == name] == [e.id for e in gold.events]
        here = [row for row in pairs if row["article"] == name]
        pairs_here = annotated(corpus, name).stance_rows()
        assert [(row["holder"], row["target"], row["polarity"]) for row in here] == [pair[:3] for pair in pairs_here]
        assert sorted(s["id"] for row in here for s in row["stances"]) == sorted(s.id for s in gold.stances)


def test_spans_of_events_and_stances_are_verbatim(corpus: Corpus) -> None:
    for row in rows(corpus, "events"):
        text = corpus.texts[row["article"]]
        assert text[row["start"] : row["end"]] == row["trigger"]
        assert text[row["sentence_start"] :].startswith(row["sentence"])
        for argument in row["arguments"]:
            assert text[argument["start"] : argument["end"]] == argument["text"]
    sentences = {row["id"]: row for row in rows(corpus, "entities")}
    for row in rows(corpus, "stance"):
        text = corpus.texts[row["article"]]
        for span in row["holder_mentions"] + row["target_mentions"] + row["evidence"]:
            assert text[span["start"] : span["end"]] == span["text"]
        nested = [{"stance": s["id"], **e} for s in row["stances"] for e in s["evidence"]]
        assert [{k: v for k, v in e.items() if k != "number"} for e in row["evidence"]] == nested
        shown = [sentences[name] for name in row["sentences"]]
        assert {sentence["number"] for sentence in shown} == {e["number"] for e in row["evidence"]}
        for e in row["evidence"]:
            assert any(s["start"] <= e["start"] and e["end"] <= s["end"] and s["number"] == e["number"] for s in shown)


def test_the_tags_of_a_sentence(small_corpus: Corpus) -> None:
    first, *_, last = rows(small_corpus, "entities")
    # Norland and Sudovia meet as truce frays
    assert first["ner_tags"] == ["B-GPE", "O", "B-GPE", "O", "O", "B-AGR", "O"]
    # … of firing at least nine rockets; …: a value of three tokens, then a weapon
    at = last["tokens"].index("at")
    assert last["ner_tags"][at : at + 4] == ["B-QTY", "I-QTY", "I-QTY", "B-WEA"]
    value = next(m for m in last["mentions"] if m["id"] == "q1")
    assert (value["number"], value["qualifier"], value["form"], value["role"]) == (9.0, "at_least", None, None)


def test_an_event_row_says_who_says_so(small_corpus: Corpus) -> None:
    found = {row["event"]: row for row in rows(small_corpus, "events")}
    accused, denied = found["v9"], found["v11"]
    assert accused["sources"] == [
        {"event": "v8", "type": "Accuse", "speakers": ["Ada Brink"], "speaker_ids": ["e5"]}
        | {"speaker_registries": ["ada-brink"], "sides": ["norland"]}
    ]
    assert [denied[k] for k in ("event_cluster", "status", "via", "group")] == ["v9", "negated", "v10", "violence"]
    # Ada Brink, for Norland, presents the firing as actual, Sudovia as negated.
    assert accused["contested"] and denied["contested"] and not found["v1"]["contested"]
    assert (accused["plover_type"], accused["plover_mode"]) == ("ASSAULT", "heavy-weapons")
    assert (denied["plover_type"], denied["plover_mode"]) == (None, None)


def test_an_event_row_names_its_fillers(small_corpus: Corpus) -> None:
    found = {row["event"]: row for row in rows(small_corpus, "events")}
    ministers, place, day = found["v3"]["arguments"]
    assert (ministers["kind"], ministers["type"], ministers["members"]) == ("entity", "GROUP", ["e5", "e6"])
    assert ministers["member_names"] == ["Ada Brink", "foreign minister of Sudovia"]
    # One acts for Norland; the other has no registry entry and stands for himself.
    assert (ministers["registry"], ministers["sides"]) == (None, ["harbour-talks:e6", "norland"])
    assert (place["name"], place["text"], place["members"]) == ("Harrow", "Harrow", [])
    assert (day["kind"], day["type"], day["name"], day["text"]) == ("value", "TIME", "2031-03-03", "Monday")
    assert found["v3"]["times"] == [{"value": "2031-03-03", "mod": None}]
    assert (found["v1"]["registry"], found["v3"]["registry"]) == ("harbour-talks", "harbour-talks")
    content = found["v10"]["arguments"][1]
    assert (content["kind"], content["event"], content["name"], content["type"]) == ("event", "v11", "firing", "Strike")
    number = found["v9"]["arguments"][2]
    assert (number["name"], number["text"]) == ("9", "at least nine")
    assert [row["harm"] for row in found.values() if row["harm"]] == ["unsaid"]  # deadly
    assert (found["v3"]["cluster"], found["v11"]["cluster"]) == ("harbour-talks", "harbour-talks:v9")


def test_pairs_with_and_without_a_stance(small_corpus: Corpus) -> None:
    found = rows(small_corpus, "stance")
    # Holders: the author, Sudovia (denied) and Ada Brink (accused); targets: the holding, Sudovia.
    # Sudovia toward itself is no pair, so 3 · 2 - 1 = 5.
    assert [(row["holder_name"], row["target_name"], row["polarity"]) for row in found] == [
        ("AUTHOR", "hold", "none"),
        ("AUTHOR", "Sudovia", "none"),
        ("Sudovia", "hold", "none"),
        ("Ada Brink", "hold", "support"),
        ("Ada Brink", "Sudovia", "oppose"),
    ]
    author, with_stance = found[0], found[3]
    assert (author["holder_type"], author["holder_mentions"], author["stances"]) == ("AUTHOR", [], [])
    assert [m["text"] for m in with_stance["holder_mentions"]] == ["minister", "Ada Brink", "She"]
    assert (with_stance["target_kind"], with_stance["target_type"]) == ("event", "Implement")
    assert [(e["number"], e["text"]) for e in with_stance["evidence"]] == [(3, "want the truce to hold")]
    assert (with_stance["holder_registry"], with_stance["holder_sides"]) == ("ada-brink", ["norland"])
    assert (found[4]["target_registry"], found[4]["target_sides"]) == ("sudovia", ["sudovia"])
    assert (with_stance["sentences"], author["sentences"]) == (["harbour-talks:003"], [])


def test_a_target_event_cluster_shows_all_its_triggers(small_corpus: Corpus, tmp_path: Path) -> None:
    changed = copy.deepcopy(small_corpus)
    gold = changed.gold["harbour-talks"]
    gold.stances[0].target = "v9"
    changed.folder = tmp_path
    build(changed)
    table = pq.read_table(tmp_path / "stance/test-00000-of-00001.parquet").to_pylist()
    row = next(r for r in table if r["id"] == "harbour-talks:e5:v9")
    # “accused Sudovia of firing …; Sudovia denied firing them”: both, in the order of the text
    assert [(m["start"], m["text"]) for m in row["target_mentions"]] == [(252, "firing"), (297, "firing")]


def test_outermost_mentions_lie_in_no_other() -> None:
    spans = {"a": (0, 20), "b": (0, 5), "c": (6, 9), "d": (20, 25), "e": (22, 25)}
    mentions = [Mention(id=name, start=start, end=end) for name, (start, end) in reversed(spans.items())]
    assert [m.id for m in outermost(mentions)] == ["a", "d"]


def test_two_builds_give_the_same_bytes(corpus: Corpus) -> None:
    assert differing(load_corpus(corpus.folder)) == []


def test_the_shipped_dataset_is_as_a_fresh_build_gives_it() -> None:
    assert differing(load_corpus(REAL)) == [], "run `parley build`"


def test_parquet_carries_the_canary_and_no_pandas(corpus: Corpus) -> None:
    for path in corpus.folder.glob("*/*.parquet"):
        schema = pq.read_schema(path)
        assert schema.metadata[b"canary"].decode() == corpus.info.canary
        assert b"pandas" not in schema.metadata
        assert not [f for f in schema if str(f.type) in ("null", "large_string")]


def test_a_split_more_is_built_and_loaded(small_corpus: Corpus, tmp_path: Path) -> None:
    """An article added to another split needs no code."""
    more = copy.deepcopy(small_corpus)
    (first,) = more.articles.values()
    more.articles["second"] = msgspec.structs.replace(first, id="second", split="train")
    more.texts["second"] = more.texts[first.id]
    more.gold["second"] = msgspec.structs.replace(more.gold[first.id], id="second")
    more.folder = tmp_path / "data"
    build(more)
    for config in OF_ARTICLES:
        for split, name in (("train", "second"), ("test", first.id)):
            found = rows(more, config, split)
            shown = {article for row in found for article in row.get("articles", [row.get("article", row["id"])])}
            assert shown == {name}
    # and gone again
    del more.articles["second"], more.gold["second"]
    assert {finding.file for finding in differing(more)} >= {f"{c}/train-00000-of-00001.parquet" for c in OF_ARTICLES}
    build(more)
    assert differing(more) == []


def test_a_config_without_rows_in_a_split_is_left_out_and_loads_empty(small_corpus: Corpus, tmp_path: Path) -> None:
    """An article of which nobody takes a stance, alone in its split: no row of stance."""
    corpus = copy.deepcopy(small_corpus)
    (first,) = corpus.articles.values()
    corpus.articles["second"] = msgspec.structs.replace(first, id="second", split="train")
    corpus.texts["second"] = corpus.texts[first.id]
    corpus.gold["second"] = msgspec.structs.replace(corpus.gold[first.id], id="second", stances=[])
    corpus.folder = tmp_path / "data"
    build(corpus)
    assert not (tmp_path / "data/stance/train-00000-of-00001.parquet").exists()
    card = yaml.safe_load((tmp_path / "data/README.md").read_text("utf-8").split("---\n", 2)[1])
    files = {c["config_name"]: [f["split"] for f in c["data_files"]] for c in card["configs"]}
    assert files == {
        name: ["test"] if name in ("stance", "stance_pairs") else ["test", "train"] for name in OF_ARTICLES
    }
    assert "stance_train" not in (tmp_path / "data/croissant.json").read_text("utf-8")
    for streaming in (False, True):
        empty = load("stance", "train", folder=tmp_path / "data", streaming=streaming)
        assert list(empty) == [] and empty.features == configs()["stance"].features
    assert {split: len(rows) for split, rows in load_dataset(str(tmp_path / "data"), "stance").items()} == {"test": 5}


def test_tables_are_written_in_row_groups(
    small_corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parley.dataset.parquet.GROUP", 2)
    corpus = copy.deepcopy(small_corpus)
    (first,) = corpus.articles.values()
    for n in range(4):
        corpus.articles[f"a{n}"] = msgspec.structs.replace(first, id=f"a{n}")
        corpus.texts[f"a{n}"] = corpus.texts[first.id]
        corpus.gold[f"a{n}"] = msgspec.structs.replace(corpus.gold[first.id], id=f"a{n}")
    corpus.folder = tmp_path
    build(corpus)
    file = pq.ParquetFile(tmp_path / "entities/test-00000-of-00001.parquet")
    assert [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)] == [8, 8, 4]  # 4 sentences each
    assert [row["id"] for row in rows(corpus, "documents")] == [first.id, "a0", "a1", "a2", "a3"]


def test_the_yaml_of_the_card_describes_the_files(corpus: Corpus) -> None:
    text = (corpus.folder / "README.md").read_text("utf-8")
    _, front, prose = text.split("---\n", 2)
    card = yaml.safe_load(front)
    has_pairs = (corpus.folder / "contrast").is_dir()
    there = [n for n in CONFIGS if n in OF_ARTICLES or (has_pairs if n == "contrast" else corpus.stories)]
    assert [c["config_name"] for c in card["configs"]] == sorted(there)
    assert card["annotations_creators"] == ["machine-generated"]
    assert card["license"] == "other"
    assert corpus.info.annotation_licence.lower() in card["license_name"]
    sizes = {i["config_name"]: {s["name"]: s["num_examples"] for s in i["splits"]} for i in card["dataset_info"]}
    for config, splits in sizes.items():
        assert splits == {split: len(load(config, split, folder=corpus.folder)) for split in splits}
    assert prose.splitlines()[0].startswith("<!-- Generated by `parley build`")
    assert corpus.info.canary in prose
    if len(corpus.articles) <= 20:
        assert all(article.provenance in " ".join(prose.split()) for article in corpus.articles.values())
    assert "\n\n\n" not in prose


def test_the_card_has_a_column_of_counts_for_each_split_and_none_for_an_article(corpus: Corpus) -> None:
    heads = [
        line for line in (corpus.folder / "README.md").read_text("utf-8").splitlines() if line.startswith("| size")
    ]
    splits = [s for s in ("train", "validation", "test") if any(a.split == s for a in corpus.articles.values())]
    groups = [*splits, "found", "all"] if corpus.stories else splits
    assert heads == [f"| size | {' | '.join(groups)} |"]


def test_the_card_of_another_corpus_claims_nothing_about_its_annotators(small_corpus: Corpus) -> None:
    """Who annotated is in passes.json and dataset.json; the small corpus does not say that no human did."""
    for name in ("README.md", "croissant.json"):
        page = (small_corpus.folder / name).read_text("utf-8").lower()
        assert "no human" not in page and "language model" not in page and "founders" not in page, name


def test_prose_of_the_card_fits_its_lines() -> None:
    for name in ("data/README.md", "DATASHEET.md"):
        for line in (ROOT / name).read_text("utf-8").split("\n# ", 1)[1].splitlines():
            assert len(line) <= 120 or line.startswith(("|", ">")), (name, line)


def test_the_tables_of_the_card_are_tables(corpus: Corpus) -> None:
    """Every row of a Markdown table has as many cells as its head, and a blank line before the head."""
    lines = (corpus.folder / "README.md").read_text("utf-8").splitlines()
    for at, line in enumerate(lines):
        if line.startswith("|---"):
            assert lines[at - 2] == ""
            cells = lines[at - 1].replace("\\|", "").count("|")
            body = at
            while body < len(lines) and lines[body].startswith("|"):
                assert lines[body].replace("\\|", "").count("|") == cells
                body += 1


def test_the_code_in_the_card_runs(small_corpus: Corpus, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr("parley.api.DATA", small_corpus.folder)
    prose = (small_corpus.folder / "README.md").read_text("utf-8")
    blocks = [part.split("```", 1)[0] for part in prose.split("```python\n")[1:]]
    assert len(blocks) == 3 + len(OF_ARTICLES)  # two ways to load, one of each config, the joins
    scope: dict[str, Any] = {}
    for block in blocks:
        exec(block.replace("PATH", str(small_corpus.folder)), scope)
    printed = capsys.readouterr().out
    assert "v9 firing source: ['Ada Brink']" in printed
    assert "Ada Brink → Sudovia ['accused Sudovia']" in printed
    assert "firing status ['Ada Brink'] against ['Sudovia']" in printed


def test_names_in_the_card_are_text(small: Path) -> None:
    """Of the dataset, its makers, holders and targets: neither Markdown nor HTML nor a terminal obeys them."""
    info = json.loads((small / "dataset.json").read_text("utf-8"))
    info |= {"name": "<script>x</script> [a](b)", "creators": ["{Ada} <b>"]}
    (small / "dataset.json").write_text(json.dumps(info), "utf-8")
    registry = json.loads((small / "registry.json").read_text("utf-8"))
    for entry in registry["entries"]:
        entry["name"] = f"<i>*{entry['name']}*|`"
    (small / "registry.json").write_text(json.dumps(registry), "utf-8")
    build(load_corpus(small))
    card = (small / "README.md").read_text("utf-8")
    body = card.split("\n---\n", 1)[1].replace("\\<", "")
    assert "# \\<script\\>x\\</script\\> \\[a\\](b)" in card
    assert "<script" not in body and "<i>" not in body and "<b>" not in body
