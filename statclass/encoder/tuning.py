"""Fine-tuning of the sentence transformer, with torch: labelled statements in, a network out. Seeded."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from statclass.encoder.swaps import swap_names
from statclass.vectors import TokenStates

MAX_TOKENS = 128
_BUCKET = 40


@dataclass(frozen=True)
class Recipe:
    """How the transformer is fine-tuned.

    Parameters
    ----------
    epochs : int
    batch : int
        Statements a step.
    learning_rate : float
        Of the last layer; each layer below has `layer_decay` times that of the one above it.
    head_rate : float
        Learning rate of the two heads.
    layer_decay : float
    frozen : int
        How many of the lowest layers stay as they are; the table of word vectors always does.
    warm_up : float
        Share of the steps in which the learning rate grows; afterwards it falls along a cosine.
    weight_decay : float
    dropout : float
        Before the heads.
    smoothing : float
        Label smoothing: how far the targets are drawn towards one half.
    swapped : float
        Share of statements whose proper names are swapped, drawn anew each epoch.
    average : float
        Decay of the moving average of the weights that is kept as the result.
    primary : float
        Weight of the loss of the primary label beside that of the types.
    kept : float
        Weight of a loss that keeps the embedding from before readable in the new one, by a linear map: what it knew of
        other matters than these types is wanted when heads for other labels are trained on it.
    seed : int
    """

    epochs: int = 3
    batch: int = 32
    learning_rate: float = 2e-4
    head_rate: float = 1e-3
    layer_decay: float = 0.9
    frozen: int = 0
    warm_up: float = 0.1
    weight_decay: float = 0.01
    dropout: float = 0.1
    smoothing: float = 0.05
    swapped: float = 0.5
    average: float = 0.995
    primary: float = 1.0
    kept: float = 0.0
    seed: int = 0


class EncoderNetwork(nn.Module):
    """The transformer, its mean over the tokens, and two linear heads: one for the types, one for the primary."""

    def __init__(self, folder: str, types: int, dropout: float) -> None:
        from transformers import AutoModel

        super().__init__()
        self.encoder = AutoModel.from_pretrained(folder, local_files_only=True, add_pooling_layer=False)
        width = self.encoder.config.hidden_size
        self.dropout = nn.Dropout(dropout)
        self.types = nn.Linear(width, types)
        self.primary = nn.Linear(width, types + 1)
        self.before = nn.Linear(width, width)

    def last_layer(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """States of all tokens in the last layer, shape (n, n_tokens, width)."""
        found: torch.Tensor = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        return found

    def pooled(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Mean of the last layer over the tokens, shape (n, width)."""
        last = self.last_layer(ids, mask)
        weight = mask.unsqueeze(-1).to(last.dtype)
        mean: torch.Tensor = (last * weight).sum(1) / weight.sum(1).clamp(min=1)
        return mean

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """Weights of the transformer by name, and of the heads with their intercepts as the last row."""
        found = {n: v.numpy() for n, v in self.encoder.state_dict().items() if v.dtype == torch.float32}
        with torch.no_grad():
            for name, head in (("types", self.types), ("primary", self.primary)):
                found[name] = torch.vstack([head.weight.T, head.bias])[:, : self.types.out_features].numpy()
        return found

    def filled(self, arrays: Mapping[str, NDArray[np.float32]]) -> Self:
        """This network with the weights that :meth:`arrays` gave of another."""
        own = {name: torch.from_numpy(value) for name, value in arrays.items() if name not in ("types", "primary")}
        self.encoder.load_state_dict(own, strict=False)
        with torch.no_grad():
            for name, head in (("types", self.types), ("primary", self.primary)):
                kept = arrays[name].shape[1]
                head.weight[:kept] = torch.from_numpy(arrays[name][:-1].T)
                head.bias[:kept] = torch.from_numpy(arrays[name][-1])
        return self

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Logits of the types, logits of the primary, and the pooled embedding."""
        pooled = self.pooled(ids, mask)
        kept = self.dropout(pooled)
        return self.types(kept), self.primary(kept), pooled


@dataclass(frozen=True)
class Examples:
    """Statements to learn from.

    Parameters
    ----------
    texts : sequence of str
    targets : float32 array of shape (n_statements, n_types)
        How far each type is to be given, from 0 to 1.
    primary : float32 array of shape (n_statements, n_types + 1)
        How likely each type, and last ``"other"``, is the primary; each row sums to one.
    """

    texts: Sequence[str]
    targets: NDArray[np.float32]
    primary: NDArray[np.float32]


def fine_tune(
    folder: str,
    examples: Examples,
    recipe: Recipe,
    report: Callable[[int, EncoderNetwork], None] | None = None,
) -> EncoderNetwork:
    """Fine-tune the transformer in `folder`; gives the averaged weights.

    Parameters
    ----------
    folder : str
        Of a BERT-like sentence transformer with ``tokenizer.json``.
    examples : Examples
    recipe : Recipe
    report : callable, optional
        Called after each epoch with its number and the averaged network.
    """
    torch.manual_seed(recipe.seed)
    random = Random(recipe.seed)
    tokenizer = load_tokenizer(folder)
    network = EncoderNetwork(folder, examples.targets.shape[1], recipe.dropout)
    before = predict(network, folder, examples.texts)[2] if recipe.kept else None
    averaged = copy.deepcopy(network).eval()
    groups = _groups(network, recipe)
    steps = recipe.epochs * math.ceil(len(examples.texts) / recipe.batch)
    optimizer = torch.optim.AdamW(groups, weight_decay=recipe.weight_decay, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step / steps, recipe.warm_up))
    step = 0
    for epoch in range(recipe.epochs):
        network.train()
        swapped = [random.random() < recipe.swapped for _ in examples.texts]
        texts = [swap_names(text, random) if swap else text for text, swap in zip(examples.texts, swapped, strict=True)]
        for chosen, ids, mask in batches(tokenizer, texts, recipe.batch, random):
            with torch.autocast("cpu", torch.bfloat16):
                outputs = network(ids, mask)
            loss = _loss(outputs, examples.targets[chosen], examples.primary[chosen], recipe)
            if before is not None:
                loss = loss + recipe.kept * _loss_of_before(
                    network, outputs[2], before[chosen], np.array(swapped)[chosen]
                )
            optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            step += 1
            _average(averaged, network, min(recipe.average, step / (step + 10)))
        if report is not None:
            report(epoch, averaged)
    return averaged


def predict(network: EncoderNetwork, folder: str, texts: Sequence[str], batch: int = 64) -> tuple[Any, Any, Any]:
    """Logits of the types, logits of the primary, and embeddings, as arrays in the order of the texts."""
    network.eval()
    tokenizer = load_tokenizer(folder)
    found: list[Any] = [None, None, None]
    with torch.inference_mode():
        for chosen, ids, mask in batches(tokenizer, texts, batch, None):
            with torch.autocast("cpu", torch.bfloat16):
                outputs = network(ids, mask)
            for n, output in enumerate(outputs):
                if found[n] is None:
                    found[n] = np.zeros((len(texts), output.shape[1]), np.float32)
                found[n][chosen] = output.float().numpy()
    return found[0], found[1], found[2]


def states(network: EncoderNetwork, folder: str, texts: Sequence[str], batch: int = 64) -> Iterator[TokenStates]:
    """For each text, in any order: the text, the places of its word pieces, and their states (n_pieces, width)."""
    network.eval()
    tokenizer = load_tokenizer(folder)
    with torch.inference_mode():
        for chosen, ids, mask in batches(tokenizer, texts, batch, None):
            with torch.autocast("cpu", torch.bfloat16):
                last = network.last_layer(ids, mask)
            for n, found, length in zip(chosen.tolist(), last.float().numpy(), mask.sum(1).tolist(), strict=True):
                yield texts[n], tokenizer.encode(texts[n]).offsets[:length], found[:length]


def load_tokenizer(folder: str) -> Any:
    """The tokenizer of a folder, cutting at MAX_TOKENS and padding to the longest of a batch."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(f"{folder}/tokenizer.json")
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    return tokenizer


def batches(
    tokenizer: Any, texts: Sequence[str], size: int, random: Random | None
) -> Iterator[tuple[NDArray[np.int64], torch.Tensor, torch.Tensor]]:
    """Batches of statements of like length: their indices, token ids and mask; in random order with `random`."""
    rows = [encoding.ids for encoding in tokenizer.encode_batch(list(texts))]
    order = list(range(len(rows)))
    if random is not None:
        random.shuffle(order)
        span = size * _BUCKET
        order = [
            n for at in range(0, len(order), span) for n in sorted(order[at : at + span], key=lambda n: len(rows[n]))
        ]
    else:
        order.sort(key=lambda n: len(rows[n]))
    starts = list(range(0, len(order), size))
    if random is not None:
        random.shuffle(starts)
    for at in starts:
        chosen = order[at : at + size]
        longest = max(len(rows[n]) for n in chosen)
        ids = torch.zeros(len(chosen), longest, dtype=torch.long)
        mask = torch.zeros(len(chosen), longest, dtype=torch.long)
        for row, n in enumerate(chosen):
            ids[row, : len(rows[n])] = torch.tensor(rows[n])
            mask[row, : len(rows[n])] = 1
        yield np.array(chosen), ids, mask


def _loss(outputs: tuple[torch.Tensor, ...], targets: Any, primary: Any, recipe: Recipe) -> torch.Tensor:
    types, main = outputs[0].float(), outputs[1].float()
    wanted = torch.from_numpy(targets) * (1 - recipe.smoothing) + recipe.smoothing / 2
    of_types = nn.functional.binary_cross_entropy_with_logits(types, wanted) * types.shape[1]
    gold = torch.from_numpy(primary)
    of_primary: torch.Tensor = nn.functional.cross_entropy(main, gold, label_smoothing=recipe.smoothing)
    both: torch.Tensor = of_types + recipe.primary * of_primary
    return both


def _loss_of_before(network: EncoderNetwork, pooled: torch.Tensor, before: Any, swapped: Any) -> torch.Tensor:
    """How far the embedding from before is from what the new one tells of it; swapped statements are left out."""
    found = nn.functional.normalize(network.before(pooled.float()), dim=1)
    wanted = nn.functional.normalize(torch.from_numpy(before), dim=1)
    gap = 1 - (found * wanted).sum(1)
    return (gap * torch.from_numpy(~swapped)).mean()


def _groups(network: EncoderNetwork, recipe: Recipe) -> list[dict[str, Any]]:
    """Parameters with the learning rate of their layer; frozen ones are left out."""
    network.encoder.embeddings.requires_grad_(False)
    layers = network.encoder.encoder.layer
    groups: list[dict[str, Any]] = [
        {
            "params": [*network.types.parameters(), *network.primary.parameters(), *network.before.parameters()],
            "lr": recipe.head_rate,
        }
    ]
    for depth, layer in enumerate(layers):
        if depth < recipe.frozen:
            layer.requires_grad_(False)
        else:
            rate = recipe.learning_rate * recipe.layer_decay ** (len(layers) - 1 - depth)
            groups.append({"params": list(layer.parameters()), "lr": rate})
    return groups


def _rate(done: float, warm_up: float) -> float:
    if done < warm_up:
        return done / warm_up
    return 0.5 * (1 + math.cos(math.pi * (done - warm_up) / (1 - warm_up)))


def _average(averaged: EncoderNetwork, network: EncoderNetwork, decay: float) -> None:
    with torch.no_grad():
        for old, new in zip(averaged.parameters(), network.parameters(), strict=True):
            if new.requires_grad:
                old.lerp_(new, 1 - decay)
