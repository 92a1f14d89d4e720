# SPDX-License-Identifier: Apache-2.0
"""The code blocks of a Markdown document. One that begins with `// file: NAME` or `# file: NAME` is that file.

    blocks.py DOCUMENT FOLDER    writes the files of a document into a folder, exactly as they stand
"""
import pathlib
import re
import sys
import typing


class Block(typing.NamedTuple):
    line: int  # of its first line
    language: str
    text: str

    @property
    def file(self):
        named = re.match(r"(?://|#) file: (\S+)\n", self.text)
        return named.group(1) if named else None


def blocks(document):
    found, begin, language, lines = [], None, "", []
    for number, line in enumerate(pathlib.Path(document).read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("```") and begin is None:
            begin, language, lines = number + 1, line[3:].strip(), []
        elif line.startswith("```"):
            found.append(Block(begin, language, "".join(text + "\n" for text in lines)))
            begin = None
        else:
            lines.append(line)
    if begin is not None:
        raise ValueError(f"{document}:{begin - 1}: the block has no end")
    return found


def write_files(document, folder):
    """Returns the files written, without touching those that are already so: builds go on where they were."""
    written = []
    for block in blocks(document):
        if block.file is None:
            continue
        file = pathlib.Path(folder) / block.file
        if file in written:
            raise ValueError(f"{document}:{block.line}: {block.file} stands there twice")
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists() or file.read_text(encoding="utf-8") != block.text:
            file.write_text(block.text, encoding="utf-8")
        written.append(file)
    return written


if __name__ == "__main__":
    for name in write_files(sys.argv[1], sys.argv[2]):
        print(name)
