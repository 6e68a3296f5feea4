"""What a piece of this package needs of the rest, read from the syntax tree: definitions, not whole files."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Collection, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

HOUSE = "ssl_core"


@cache
def _read(name: str) -> tuple[str, bool, ast.Module]:
    """A file's source, whether it is a package, its syntax; raises ValueError, one sentence, if it is not here."""
    spec = find_spec(name)
    if spec is None or not spec.origin or not spec.origin.endswith(".py"):
        raise ValueError(f"The source of {name} is not here, so a script cannot be written.")
    text = Path(spec.origin).read_text()
    return text, spec.submodule_search_locations is not None, ast.parse(text)


class Source:
    """One file: its top-level statements, and the names that each defines."""

    def __init__(self, name: str, replaced: Mapping[str, str]) -> None:
        self.name, self.replaced = name, replaced
        self.text, self.package, tree = _read(name)
        self.lines = self.text.splitlines()
        self.body = [node for node in tree.body if not _dropped(node)]
        self.definer = {name: node for node in self.body for name in _defined(node)}
        self.docstring = self.body[0] if ast.get_docstring(tree) else None

    def part(self, node: ast.stmt) -> str:
        """The source of a statement with the comments right above it, or what replaces it."""
        for name in _defined(node):
            if name in self.replaced:
                return self.replaced[name].rstrip()
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
        while first > 1 and self.lines[first - 2].startswith("#"):
            first -= 1
        return "\n".join(self.lines[first - 1 : node.end_lineno])

    def tree(self, node: ast.stmt) -> ast.AST:
        """The statement as syntax, or what replaces it."""
        for name in _defined(node):
            if name in self.replaced:
                return ast.parse(self.replaced[name])
        return node


def _dropped(node: ast.stmt) -> bool:
    """Imports for type checkers, lists of exports, and the future, which the script has at its top."""
    if isinstance(node, ast.If):
        return any(isinstance(n, ast.Name) and n.id in ("TYPE_CHECKING", "__name__") for n in ast.walk(node.test))
    if isinstance(node, ast.ImportFrom) and node.module == "__future__":
        return True
    return "__all__" in _defined(node)


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return [node.name]
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return [alias.asname or alias.name.split(".")[0] for alias in node.names]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)]


class Trace:
    """Everything that the asked-for names need, across files.

    `replaced` gives, by file and name, other source for a definition; files in `skipped` are left out: the caller
    knows that they are imported by nothing that will run.
    """

    def __init__(self, replaced: Mapping[str, Mapping[str, str]], skipped: Collection[str] = ()) -> None:
        self.replaced, self.skipped = replaced, skipped
        self.sources: dict[str, Source] = {}
        self.kept: dict[str, list[ast.stmt]] = {}
        self.imported: dict[str, set[str]] = {}  # names that a file's kept parts take from its import statements

    def need(self, module: str, name: str) -> None:
        """Keep a definition, and whatever it mentions."""
        source = self._source(module)
        node = source.definer.get(name)
        if node is None:
            if source.package and _is_module(f"{module}.{name}"):
                self._source(f"{module}.{name}")
            return
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            if name not in self.imported[module]:
                self.imported[module].add(name)
                self._follow(node, name)
        elif node not in self.kept[module]:
            self._keep(source, node)

    def _source(self, module: str) -> Source:
        if module not in self.sources:
            source = self.sources[module] = Source(module, self.replaced.get(module, {}))
            self.kept[module], self.imported[module] = [], set()
            for node in source.body:  # what defines no name is there for its effect
                if not _defined(node) and node is not source.docstring:
                    self._keep(source, node)
        return self.sources[module]

    def _follow(self, node: ast.stmt, name: str | None = None) -> None:
        """Keep what an import of ours refers to."""
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == HOUSE:
            for alias in node.names:
                if (name is None or (alias.asname or alias.name) == name) and node.module not in self.skipped:
                    self.need(node.module, alias.name)

    def _keep(self, source: Source, node: ast.stmt) -> None:
        self.kept[source.name].append(node)
        for part in ast.walk(source.tree(node)):
            if isinstance(part, ast.Name) and part.id in source.definer:
                self.need(source.name, part.id)
            elif isinstance(part, ast.ImportFrom):
                self._follow(part)
            elif isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
                self._attribute(source, part.value.id, part.attr)

    def _attribute(self, source: Source, name: str, attribute: str) -> None:
        """`light.blend` where `light` is a file of ours."""
        node = source.definer.get(name)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == HOUSE:
            for alias in node.names:
                if (alias.asname or alias.name) == name and _is_module(f"{node.module}.{alias.name}"):
                    self.need(f"{node.module}.{alias.name}", attribute)

    def text(self, module: str) -> str:
        """The kept parts of one file, in their order, imports first."""
        source, parts = self.sources[module], []
        if source.docstring:
            parts.append(source.part(source.docstring))
        imports = [line for node in source.body for line in self._imports(module, node)]
        if imports:
            parts.append("\n".join(imports))
        parts += [source.part(node) for node in source.body if node in self.kept[module]]
        return "\n\n".join(parts)

    def _imports(self, module: str, node: ast.stmt) -> list[str]:
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            return []
        used = [a for a in node.names if (a.asname or a.name.split(".")[0]) in self.imported[module]]
        if not used:
            return []
        names = ", ".join(a.name + (f" as {a.asname}" if a.asname else "") for a in used)
        return [f"import {names}" if isinstance(node, ast.Import) else f"from {node.module} import {names}"]


@cache
def _is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def only(source: str, table: str, key: str) -> str:
    """The assignment of a dict `table` in a file's source with this one entry left; with all if it is no such dict."""
    tree = ast.parse(source)
    node = next(n for n in tree.body if table in _defined(n))
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
