"""What a piece of this package needs of the rest, read from the syntax tree: definitions, not whole files."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from functools import cache
from importlib.util import find_spec

from ssl_core.export.source import Source, defined

PACKAGE = "ssl_core"


class Dependencies:
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
                if not defined(node) and node is not source.docstring:
                    self._keep(source, node)
        return self.sources[module]

    def _follow(self, node: ast.stmt, name: str | None = None) -> None:
        """Keep what an import of ours refers to."""
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == PACKAGE:
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
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == PACKAGE:
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
