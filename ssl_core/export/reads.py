"""Which names a piece of code takes from the top level of its file, read from the syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from ssl_core.export.source import defined


def reads(tree: ast.AST) -> set[str]:
    """The names that a statement takes from the top level of its file: not those that a function in it binds."""
    seen = _Reads()
    seen.visit(tree)
    return seen.names


class _Reads(ast.NodeVisitor):
    """Collects the names that a piece of code takes from the top level of its file, none that it defines itself."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self._own: list[set[str]] = []  # names of the functions around, the innermost last

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load) and not any(node.id in names for names in self._own):
            self.names.add(node.id)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        arguments = _arguments(node.args)
        outside = [*node.decorator_list, *_defaults(node.args), *(a.annotation for a in arguments), node.returns]
        self._visit_all(outside)
        self._inside({a.arg for a in arguments} | _bound(node.body), node.body)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._visit_all(_defaults(node.args))
        self._inside({a.arg for a in _arguments(node.args)}, [node.body])

    def visit_GeneratorExp(self, node: ast.GeneratorExp | ast.ListComp | ast.SetComp | ast.DictComp) -> None:
        first = node.generators[0]
        self._visit_all([first.iter])
        own = set().union(*(_bound([part.target]) for part in node.generators))
        parts = [part for name, part in ast.iter_fields(node) if name != "generators"]
        later = [g.iter for g in node.generators[1:]] + [test for g in node.generators for test in g.ifs]
        self._inside(own, [*parts, *later])

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp

    def _inside(self, own: set[str], parts: Iterable[ast.AST]) -> None:
        self._own.append(own)
        self._visit_all(parts)
        self._own.pop()

    def _visit_all(self, parts: Iterable[ast.AST | None]) -> None:
        for part in parts:
            if part is not None:
                self.visit(part)


def _arguments(args: ast.arguments) -> list[ast.arg]:
    single = [arg for arg in (args.vararg, args.kwarg) if arg]
    return [*args.posonlyargs, *args.args, *args.kwonlyargs, *single]


def _defaults(args: ast.arguments) -> list[ast.expr | None]:
    return [*args.defaults, *args.kw_defaults]


def _bound(parts: Iterable[ast.AST]) -> set[str]:
    """Names that these parts of one function bind, without those of functions and comprehensions in them."""
    names, waiting, free = set(), list(parts), set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
            continue
        if isinstance(node, (ast.Lambda, ast.GeneratorExp, ast.ListComp, ast.SetComp, ast.DictComp)):
            continue
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= set(defined(node))
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        if isinstance(node, ast.ExceptHandler) and node.name:
            names.add(node.name)
        if isinstance(node, ast.Global):
            free |= set(node.names)
        waiting += ast.iter_child_nodes(node)
    return names - free
