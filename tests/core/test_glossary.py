"""The glossary: no setting without its sentence, and words are found by their names and their meanings."""

from dataclasses import fields

from fer.config import TrainingConfig
from fer.config.choices import DECAYING, OPTIMIZERS
from fer.glossary import GLOSSARY, SETTINGS, explain, find_terms


def test_every_setting_of_a_run_has_its_line() -> None:
    assert {field.name for field in fields(TrainingConfig)} == set(SETTINGS)


def test_the_terms_of_the_first_reference_system_are_all_there() -> None:
    titles = " ".join(term.title for term in GLOSSARY.values())
    for word in ("Epoch", "Batch", "Sample", "Learning rate", "Conv2D", "BatchNorm", "MaxPool", "Dropout"):
        assert word in titles
    for word in ("Activation", "Optimizer"):
        assert word in titles


def test_a_line_is_one_or_two_plain_sentences() -> None:
    for term in GLOSSARY.values():
        assert term.text.endswith(".")
        assert len(term.text) < 260, term.title
    assert explain("epochs").startswith("One pass over all training faces")


def test_weight_decay_names_every_optimizer_that_has_it() -> None:
    for name, title in OPTIMIZERS.items():
        assert (title.split()[0] in explain("weight_decay").split()) == (name in DECAYING)


def test_a_word_is_found_by_its_name_first_then_by_what_is_said_of_it() -> None:
    titles = [term.title for term in find_terms(" Dropout")]
    assert titles[0] == "Dropout"
    overfitting = [term.title for term in find_terms("by heart")]
    assert "Overfitting" in overfitting
    assert "Weight decay" in overfitting
    assert find_terms("tensor processing unit") == []
    assert len(find_terms("")) == len(GLOSSARY)
