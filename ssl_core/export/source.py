"""The source of one file of this package, cut at its top-level statements, and small edits of source text."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path


@cache
def _read(name: str) -> tuple[str, bool, ast.Module]:
    """A file's source, whether it is a package, its syntax; raises ValueError, one sentence, if it is not here."""
    spec = find_spec(name)
    if spec is None or not spec.origin or not spec.origin.endswith(".py"):
        raise ValueError(f"The source of {name} is not here, so a script cannot be written.")
    text = Path(spec.origin).read_text("utf-8")
    return text, spec.submodule_search_locations is not None, ast.parse(text)


class Source:
    """One file: its top-level statements, and the names that each defines."""

    def __init__(self, name: str, replaced: Mapping[str, str]) -> None:
        self.name, self.replaced = name, replaced
        self.text, self.package, tree = _read(name)
        self.lines = self.text.splitlines()
        self.body = [node for node in tree.body if not _left_out(node)]
        self.definer = {name: node for node in self.body for name in defined(node)}
        self.docstring = self.body[0] if ast.get_docstring(tree) else None

    def part(self, node: ast.stmt) -> str:
        """The source of a statement with the comments right above it, or what replaces it."""
        for name in defined(node):
            if name in self.replaced:
                return self.replaced[name].rstrip()
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
        while first > 1 and self.lines[first - 2].startswith("#"):
            first -= 1
        return "\n".join(self.lines[first - 1 : node.end_lineno])

    def tree(self, node: ast.stmt) -> ast.AST:
        """The statement as syntax, or what replaces it."""
        for name in defined(node):
            if name in self.replaced:
                return ast.parse(self.replaced[name])
        return node


def _left_out(node: ast.stmt) -> bool:
    """Imports for type checkers, lists of exports, and the future, which the script has at its top."""
    if isinstance(node, ast.If):
        return any(isinstance(n, ast.Name) and n.id in ("TYPE_CHECKING", "__name__") for n in ast.walk(node.test))
    if isinstance(node, ast.ImportFrom) and node.module == "__future__":
        return True
    return "__all__" in defined(node)


def defined(node: ast.stmt) -> list[str]:
    """The names that a top-level statement gives to something."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return [node.name]
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return [alias.asname or alias.name.split(".")[0] for alias in node.names]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)]


def one_entry(source: str, table: str, key: str) -> str:
    """The assignment of a dict `table` in a file's source with this one entry left; with all if it is no such dict."""
    tree = ast.parse(source)
    node = next(n for n in tree.body if table in defined(n))
    lines = source.splitlines()[node.lineno - 1 : node.end_lineno]
    if not isinstance(node.value, ast.Dict) or any(not isinstance(k, ast.Constant) for k in node.value.keys):
        return "\n".join(lines)
    gone = {
        line - node.lineno
        for k, value in zip(node.value.keys, node.value.values, strict=True)
        if k.value != key
        for line in range(k.lineno, value.end_lineno + 1)
    }
    return "\n".join(line for place, line in enumerate(lines) if place not in gone)


def indented(source: str) -> str:
    """The source four spaces to the right; strings of several lines keep their content, docstrings move along."""
    fixed: set[int] = set()
    before, opened = tokenize.NEWLINE, 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        name = tokenize.tok_name[token.type]
        if name == "FSTRING_START":
            opened = token.start[0]
        if name == "FSTRING_END":
            fixed |= set(range(opened + 1, token.end[0] + 1))
        quiet = (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
        if token.type == tokenize.STRING and before not in quiet:
            fixed |= set(range(token.start[0] + 1, token.end[0] + 1))
        if token.type not in (tokenize.NL, tokenize.COMMENT):
            before = token.type
    lines = source.split("\n")
    return "\n".join(line if n in fixed or not line else f"    {line}" for n, line in enumerate(lines, 1))
