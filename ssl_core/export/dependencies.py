"""What a piece of this package needs of the rest, read from the syntax tree: definitions, not whole files."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import cache
from importlib.util import find_spec

from ssl_core.export.reads import reads
from ssl_core.export.source import Source, defined

PACKAGE = "ssl_core"


class Dependencies:
    """Everything that the asked-for names need, across files.

    What a file takes from another that has it from a third is taken from the third: a room's list of what it offers
    would bring all that it lists. `replaced` gives, by file and name, other source for a definition; files in
    `skipped` are left out: the caller knows that they are imported by nothing that will run.
    """

    def __init__(self, replaced: Mapping[str, Mapping[str, str]], skipped: Collection[str] = ()) -> None:
        self.replaced, self.skipped = replaced, skipped
        self.sources: dict[str, Source] = {}  # of which something is kept
        self.kept: dict[str, list[ast.stmt]] = {}
        self.imported: dict[str, set[str]] = {}  # names that a file's kept parts take from its import statements
        self._seen: dict[str, Source] = {}

    def need(self, module: str, name: str) -> None:
        """Keep a definition, and whatever it mentions."""
        node = self._look(module).definer.get(name)
        if node is None:
            if self._look(module).package and _is_module(f"{module}.{name}"):
                self._source(f"{module}.{name}")
            return
        source = self._source(module)
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            if name not in self.imported[module]:
                self.imported[module].add(name)
                for alias in _ours(node):
                    if (alias.asname or alias.name) == name and node.module not in self.skipped:
                        self.need(*self._home(node.module, alias.name))
        elif node not in self.kept[module]:
            self._keep(source, node)

    def mentioned(self, module: str) -> set[str]:
        """Names that the kept parts of a file take from its top level or by an import of their own, and attributes."""
        names: set[str] = set()
        for node in self.kept[module]:
            tree = self.sources[module].tree(node)
            names |= reads(tree) | {part.attr for part in ast.walk(tree) if isinstance(part, ast.Attribute)}
            names |= {alias.name for part in ast.walk(tree) for alias in _ours(part)}
        return names

    def _look(self, module: str) -> Source:
        if module not in self._seen:
            self._seen[module] = Source(module, self.replaced.get(module, {}))
        return self._seen[module]

    def _source(self, module: str) -> Source:
        if module not in self.sources:
            source = self.sources[module] = self._look(module)
            self.kept[module], self.imported[module] = [], set()
            for node in source.body:  # what defines no name is there for its effect
                if not defined(node) and node is not source.docstring:
                    self._keep(source, node)
        return self.sources[module]

    def _home(self, module: str, name: str) -> tuple[str, str]:
        """The file that defines what another offers by this name, and what it is called there."""
        node = self._look(module).definer.get(name)
        for alias in _ours(node):
            if (alias.asname or alias.name) == name and not _is_module(f"{node.module}.{alias.name}"):
                return self._home(node.module, alias.name)
        return module, name

    def _keep(self, source: Source, node: ast.stmt) -> None:
        self.kept[source.name].append(node)
        tree = source.tree(node)
        names = reads(tree)
        for name in sorted(names & set(source.definer)):
            self.need(source.name, name)
        for part in ast.walk(tree):
            for alias in _ours(part):  # inside a function, where the line stays as it is
                if part.module not in self.skipped:
                    self.need(part.module, alias.name)
            if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id in names:
                self._attribute(source, part.value.id, part.attr)

    def _attribute(self, source: Source, name: str, attribute: str) -> None:
        """`light.blend` where `light` is a file of ours."""
        node = source.definer.get(name)
        for alias in _ours(node):
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
        if isinstance(node, ast.Import):
            return [f"import {', '.join(_as(a.name, a.asname) for a in used)}"] if used else []
        homes: dict[str, list[str]] = defaultdict(list)
        for alias in used:
            home, name = self._home(node.module, alias.name) if _ours(node) else (node.module, alias.name)
            homes[home].append(_as(name, alias.asname or alias.name))
        return [f"from {home} import {', '.join(names)}" for home, names in homes.items()]


def _ours(node: ast.AST | None) -> list[ast.alias]:
    """What an import from a file of this package names; nothing for any other piece of code."""
    ours = isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == PACKAGE
    return node.names if ours else []


def _as(name: str, called: str | None) -> str:
    return name if called in (None, name) else f"{name} as {called}"


@cache
def _is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False
