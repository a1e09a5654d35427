"""What a sentence-transformers model makes of texts, computed in 64 bits with NumPy alone, from the papers and the files.

`tiny MODEL` also makes the model itself, of random numbers, with a tokenizer of a few words. Needs numpy 2, safetensors
0.7 and tokenizers 0.22:

    python3 expected.py tiny tiny > tiny.json
    python3 expected.py real ../../models/all-MiniLM-L6-v2 > minilm.json
"""

import json
import pathlib
import sys
from math import erf

import numpy as np
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

TINY = ["", " ", "bus", "the bus is late", "the bus is late " * 9, "buses!", "unheard of", "The NURSE was kind.", "公交车", "a\tb"]
REAL = [
    "", " ", "Nothing", "The waiting time for an appointment was far too long.", "no",
    "Staff were friendly, kind & professional!!!", "I couldn't park — £12 a day is a rip-off :(",
    "The IT systems crash several times a shift, and logging in to six of them takes twenty minutes every morning.",
    "Mae'r amseroedd aros yn rhy hir ac nid oes digon o staff.",
    "Die Wartezeit war viel zu lang, aber das Personal war sehr freundlich.",
    "等候时间太长", "公交车从不准时", "Время ожидания слишком велико", "انتظار طويل جدا", "प्रतीक्षा का समय बहुत लंबा है",
    "👍👍 great 🙂", "café naïve coöperation ÅNGSTRÖM ﬁne", "supercalifragilisticexpialidocious " * 3,
    "x" * 150 + " end", "the bus never comes on time and the stop is dark, so I take a taxi home; " * 60,
    "a\tb\nc\u00a0d\u200be\u0000f", "C3PO@example.org http://example.org/a?b=c #tag 2026-11-23",
]


def make(folder):
    words = "[PAD] [UNK] [CLS] [SEP] the bus is late nurse was kind ##es . ! a b and no".split()
    vocabulary = {word: number for number, word in enumerate(words)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens(words[:4])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    size, inner, places = 8, 12, 16
    config = {
        "model_type": "bert", "hidden_act": "gelu", "hidden_size": size, "intermediate_size": inner,
        "num_attention_heads": 2, "num_hidden_layers": 2, "vocab_size": len(words),
        "max_position_embeddings": places, "type_vocab_size": 2, "layer_norm_eps": 1e-12,
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 12}\n')
    (folder / "1_Pooling").mkdir(exist_ok=True)
    (folder / "1_Pooling/config.json").write_text('{"pooling_mode_mean_tokens": true, "pooling_mode_cls_token": false}\n')
    chance = np.random.default_rng(7)
    weights = {}
    for name, shape in {"word": (len(words), size), "position": (places, size), "token_type": (2, size)}.items():
        weights[f"embeddings.{name}_embeddings.weight"] = chance.normal(size=shape)
    norms = ["embeddings"]
    for layer in range(2):
        at = f"encoder.layer.{layer}."
        linear = {"attention.self." + part: (size, size) for part in ("query", "key", "value")}
        linear |= {"attention.output.dense": (size, size), "intermediate.dense": (inner, size), "output.dense": (size, inner)}
        for name, shape in linear.items():
            weights[f"{at}{name}.weight"] = chance.normal(size=shape)
            weights[f"{at}{name}.bias"] = chance.normal(size=shape[0])
        norms += [at + "attention.output", at + "output"]
    for norm in norms:
        weights[norm + ".LayerNorm.weight"] = chance.normal(1, 0.2, size)
        weights[norm + ".LayerNorm.bias"] = chance.normal(0, 0.2, size)
    save_file({name: table.astype(np.float32) for name, table in weights.items()}, folder / "model.safetensors")


def vectors(folder, texts):
    weights = {name: table.astype(np.float64) for name, table in load_file(folder / "model.safetensors").items()}
    config = json.loads((folder / "config.json").read_text())
    longest = json.loads((folder / "sentence_bert_config.json").read_text())["max_seq_length"]
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(longest)
    heads = config["num_attention_heads"]
    gelu = np.vectorize(lambda x: 0.5 * x * (1 + erf(x / 2**0.5)))

    def norm(x, name):
        spread = np.sqrt(x.var(-1, keepdims=True) + config["layer_norm_eps"])
        return (x - x.mean(-1, keepdims=True)) / spread * weights[name + ".LayerNorm.weight"] + weights[name + ".LayerNorm.bias"]

    def linear(x, name):
        return x @ weights[name + ".weight"].T + weights[name + ".bias"]

    def vector(text):
        tokens = tokenizer.encode(text).ids
        n = len(tokens)
        x = weights["embeddings.word_embeddings.weight"][tokens] + weights["embeddings.position_embeddings.weight"][:n]
        x = norm(x + weights["embeddings.token_type_embeddings.weight"][0], "embeddings")
        for layer in range(config["num_hidden_layers"]):
            at = f"encoder.layer.{layer}."
            parts = (linear(x, at + "attention.self." + part) for part in ("query", "key", "value"))
            query, key, value = (part.reshape(n, heads, -1).transpose(1, 0, 2) for part in parts)
            scores = np.exp(query @ key.transpose(0, 2, 1) / np.sqrt(query.shape[-1]))
            seen = (scores / scores.sum(-1, keepdims=True) @ value).transpose(1, 0, 2).reshape(n, -1)
            x = norm(x + linear(seen, at + "attention.output.dense"), at + "attention.output")
            x = norm(x + linear(gelu(linear(x, at + "intermediate.dense")), at + "output.dense"), at + "output")
        mean = x.mean(0)
        return mean / np.linalg.norm(mean)

    return [vector(text) for text in texts]


if __name__ == "__main__":
    kind, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    if kind == "tiny":
        make(folder)
    texts = TINY if kind == "tiny" else REAL
    lines = [json.dumps([text, np.round(10_000 * row).astype(int).tolist()], separators=(",", ":")) for text, row in zip(texts, vectors(folder, texts))]
    print("[\n" + ",\n".join(lines) + "\n]")
