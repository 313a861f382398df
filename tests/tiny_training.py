"""A tiny trunk with random weights and a small folder of invented petitions: what training is tried on."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

PLACES = ("柳湾村", "上井村", "石桥镇", "青溪街道", "东岭社区", "白沙乡")
MATTERS = (
    ("water_supply", "停水", "自来水一直停水，做饭都成问题", "请恢复供水"),
    ("noise_vibration", "噪音", "工地夜里噪音很大，老人睡不着", "请管管夜间施工"),
    ("parking", "停车", "小区停车乱，消防通道都堵了", "请规划车位"),
    ("solid_waste", "垃圾", "路口垃圾堆了一个月，臭气熏人", "请清走垃圾"),
)


def petition(number: int) -> dict[str, Any]:
    """A row of the documented layout, with every field; the same number gives the same row."""
    place = PLACES[number % len(PLACES)]
    code, word, harm, demand = MATTERS[number % len(MATTERS)]
    text = f"我是{place}第{number}组的居民，{harm}。{demand}。"
    return {
        "uid": f"t-{number}", "title": f"{place}{word}问题", "text": text, "genre": "complaint",
        "attitude": "negative", "intensity": 1 + number % 2, "is_grievance": True,
        "factors": [{"code": code, "primary": True, "quote": harm}], "demand": demand, "facility": None,
        "places": [place], "organisations": [], "stakeholder": "affected_resident", "affected": None,
        "since": None, "repeated_unresolved": False, "escalation": 0, "note": None,
    }  # fmt: skip


def write_rows(path: Path, rows: Iterable[dict[str, Any]]) -> Path:
    """JSON lines, compressed where the name says so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return path


def write_data(folder: Path, count: int = 60) -> Path:
    """A data folder with petitions, posts with emotions, and stances."""
    write_rows(folder / "grievances/train.jsonl.gz", (petition(n) for n in range(count)))
    write_rows(folder / "grievances/gold_dev.jsonl.gz", (petition(n) for n in range(500, 508)))
    moods = (("angry", "气死了，又涨价"), ("happy", "今天真开心，花都开了"))
    write_rows(
        folder / "nlp/smp2020_ewect_usual/train.jsonl.gz",
        ({"text": f"{moods[n % 2][1]}{n}", "label": moods[n % 2][0]} for n in range(24)),
    )
    sides = (("FAVOR", "修这条路我赞成"), ("AGAINST", "修这条路我反对"))
    write_rows(
        folder / "nlp/nlpcc2016_stance/train.jsonl.gz",
        ({"text": f"{sides[n % 2][1]}{n}", "label": sides[n % 2][0], "target": "修路"} for n in range(24)),
    )
    return folder


def write_trunk(folder: Path) -> Path:
    """A BERT of 2 layers × 32 with random weights, whose pieces are the characters of the texts above."""
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
    from transformers import BertConfig, BertModel

    texts = [
        json.dumps([petition(n) for n in range(12)], ensure_ascii=False),
        "气死了又涨价今天真开心花都开修这条路我赞成反对",
    ]
    characters = sorted({character for text in texts for character in text if not character.isspace()})
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *characters]
    tokenizer = Tokenizer(models.WordPiece({piece: n for n, piece in enumerate(pieces)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(handle_chinese_chars=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens(pieces[:5])
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(pieces), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
        max_position_embeddings=256,
    )  # fmt: skip
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    return folder
