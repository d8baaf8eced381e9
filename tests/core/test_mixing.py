"""Mixed faces: what is mixed, how much of it, and what the model should answer then."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from fer.config import AugmentationConfig
from fer.training import augmentation
from fer.training.augmentation import MixingParams

MIXUP = AugmentationConfig(mixup_alpha=0.4)
CUTMIX = AugmentationConfig(cutmix_alpha=1.0)
Mixed = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]


def batch(count: int, size: int = 48) -> Mixed:
    """Faces of one grey level each, which is their number; labels in turn; a weight of their own."""
    inputs = np.broadcast_to(np.arange(count, dtype=np.float32)[:, None, None, None], (count, size, size, 1))
    targets = np.eye(7, dtype=np.float32)[np.arange(count) % 7]
    return inputs, targets, np.arange(1, count + 1, dtype=np.float32)


def drawn(config: AugmentationConfig, count: int, seed: int = 0) -> MixingParams:
    return augmentation.draw_mixing(config, count, np.random.default_rng(seed))


def by_hand(kind: str, shares: list[float], centers: list[list[float]] | None = None) -> MixingParams:
    """Each face is mixed with the one before it, the first with the last."""
    count = len(shares)
    return MixingParams(
        kind=kind,  # type: ignore[arg-type]
        partners=np.roll(np.arange(count), 1),
        shares=np.array(shares),
        centers=np.array(centers if centers is not None else [[0.5, 0.5]] * count),
    )


def test_mixup_blends_faces_labels_and_weights_by_the_same_share() -> None:
    inputs, targets, weights = augmentation.mix(*batch(3), by_hand("mixup", [1.0, 0.75, 0.0]))
    assert np.allclose(inputs[0], 0)
    assert np.allclose(inputs[1], 0.75)  # a quarter of face 0
    assert np.allclose(inputs[2], 1)  # face 1 altogether
    assert targets[1].tolist() == [0.25, 0.75, 0, 0, 0, 0, 0]
    assert weights.tolist() == [1, 0.75 * 2 + 0.25 * 1, 2]


def test_cutmix_pastes_a_rectangle_and_counts_its_area() -> None:
    params = by_hand("cutmix", [0.75] * 2)
    assert params.boxes(48, 48).tolist() == [[12, 12, 36, 36]] * 2
    inputs, targets, weights = augmentation.mix(*batch(2), params)
    pasted = np.zeros((48, 48), bool)
    pasted[12:36, 12:36] = True
    assert np.array_equal(inputs[1, ..., 0], np.where(pasted, 0, 1))
    assert targets[1].tolist() == [0.25, 0.75, 0, 0, 0, 0, 0]
    assert weights.tolist() == [1.25, 1.75]


def test_what_reaches_over_the_border_is_cut_off_and_counts_for_less() -> None:
    params = by_hand("cutmix", [0.75] * 2, [[0.0, 0.5], [1.0, 1.0]])
    assert params.boxes(48, 48).tolist() == [[0, 12, 12, 36], [36, 36, 48, 48]]
    assert params.kept(48, 48) == pytest.approx([1 - 0.125, 1 - 0.0625])
    inputs, targets, _ = augmentation.mix(*batch(2), params)
    assert inputs[0].mean() == pytest.approx(0.125)
    assert targets[:, 1] == pytest.approx([0.125, 1 - 0.0625])


def test_a_rectangle_that_is_rounded_away_leaves_face_and_label_alone() -> None:
    whole = batch(2, size=8)
    inputs, targets, weights = augmentation.mix(*whole, by_hand("cutmix", [0.9999] * 2))
    assert np.array_equal(inputs, whole[0])
    assert np.array_equal(targets, whole[1])
    assert np.array_equal(weights, whole[2])


def test_what_came_in_is_not_written_to() -> None:
    inputs, targets, weights = (array.copy() for array in batch(5))
    for array in (inputs, targets, weights):
        array.flags.writeable = False
    for config in (MIXUP, CUTMIX):
        augmentation.mix(inputs, targets, weights, drawn(config, 5))


@given(
    st.sampled_from([MIXUP, CUTMIX, AugmentationConfig(mixup_alpha=1e-9)]).flatmap(
        lambda config: st.tuples(st.just(config), st.integers(1, 9), st.integers(0, 2**31 - 1))
    ),
    st.sampled_from([8, 48, 97]),
)
@settings(max_examples=60, deadline=None)
def test_mixing_keeps_the_labels_whole(drawn_with: tuple[AugmentationConfig, int, int], size: int) -> None:
    config, count, seed = drawn_with
    inputs, targets, weights = batch(count, size)
    params = drawn(config, count, seed)
    mixed, answers, weighed = augmentation.mix(inputs, targets, weights, params)
    assert (mixed.shape, mixed.dtype) == (inputs.shape, np.float32)
    assert (answers.dtype, weighed.dtype) == (np.float32, np.float32)
    assert sorted(params.partners) == list(range(count))
    assert answers.sum(axis=1) == pytest.approx(np.ones(count), abs=1e-6)
    assert answers.min() >= 0
    assert weighed.min() >= 1 - 1e-5
    assert weighed.max() <= count + 1e-4
    # The grey of a mixed face tells how much of either face is in it: as much as its label says.
    kept = params.kept(size, size)
    assert mixed.mean(axis=(1, 2, 3)) == pytest.approx(
        kept * np.arange(count) + (1 - kept) * params.partners, abs=1e-4
    )


def test_shares_follow_the_beta_distribution() -> None:
    for alpha in (0.2, 1.0):
        shares = drawn(AugmentationConfig(mixup_alpha=alpha), 20_000).shares
        assert shares.mean() == pytest.approx(0.5, abs=0.01)
        assert shares.var() == pytest.approx(1 / (4 * (2 * alpha + 1)), rel=0.03)


def test_with_both_on_a_coin_decides_and_with_one_on_it_is_that() -> None:
    both = AugmentationConfig(mixup_alpha=0.2, cutmix_alpha=1.0)
    kinds = [drawn(both, 2, seed).kind for seed in range(300)]
    assert 0.4 < kinds.count("mixup") / 300 < 0.6
    assert {drawn(MIXUP, 2, seed).kind for seed in range(20)} == {"mixup"}
    assert {drawn(CUTMIX, 2, seed).kind for seed in range(20)} == {"cutmix"}


def test_who_mixes_nothing_throws_no_dice() -> None:
    with pytest.raises(ValueError, match="draws nothing for them"):
        drawn(AugmentationConfig(), 3)
