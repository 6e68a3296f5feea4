"""The one list of pages: what the navigation shows, what lessons may name, and where older links lead."""

from __future__ import annotations

from typing import NamedTuple

from ssl_core.people.names import class_mode


class PageEntry(NamedTuple):
    """A page: the menu it stands in, its name, what the menu says, its icon, what it is for, and what holds of it."""

    group: str
    name: str  # of its file in pages/, and of its address
    title: str
    icon: str
    about: str
    ready: bool = False  # it has a button that queues runs: a runner waits behind it, see begin.py
    in_class: bool = False  # it stands in a menu in a class only; its address works alone, too
    wall: bool = False  # it is for a screen that nobody sits at: nobody is asked for a nickname


FIRST = "home"  # its address is the app's own
CLASS = "classroom"  # in the navigation of a class only
PAGES = (
    PageEntry("", FIRST, "Home", "home", "What this is, a first experiment, and lessons.", ready=True),
    PageEntry(
        "",
        CLASS,
        "Class",
        "groups",
        "For a class at one server: whose turn it is, and what the teacher says.",
        in_class=True,
    ),
    PageEntry("Learn", "methods", "Methods", "menu_book", "What each method does with pictures without a label."),
    PageEntry("Learn", "inside", "Inside one batch", "account_tree", "One step of training, picture by picture."),
    PageEntry("Learn", "playground", "Playground", "bubble_chart", "Move points in a plane, and watch methods learn."),
    PageEntry(
        "Learn", "snow", "Snow", "ac_unit", "What a network learns that only looks at the background.", ready=True
    ),
    PageEntry("Look", "data", "Data", "photo_library", "Which pictures there are, and whose labels a run may see."),
    PageEntry("Look", "augmentations", "Augmentations", "auto_fix_high", "What distortion does to a picture."),
    PageEntry("Look", "mixing", "Mixing", "blur_on", "Two pictures laid over each other, and their label."),
    PageEntry("Look", "smote", "SMOTE", "scatter_plot", "New samples for small classes, drawn between neighbours."),
    PageEntry("Look", "generate", "Generate", "palette", "Networks that make pictures, at work.", ready=True),
    PageEntry(
        "Train",
        "own",
        "Your pictures",
        "add_photo_alternate",
        "A few of them have labels: train, sort the rest.",
        ready=True,
    ),
    PageEntry("Train", "label", "Label", "label", "Spend a budget of labels, and watch what it brings.", ready=True),
    PageEntry("Train", "training", "Training", "model_training", "Start an experiment and watch it."),
    PageEntry(
        "Train",
        "board",
        "Board",
        "cast_for_education",
        "Everybody's curves, for the wall that a class sees.",
        in_class=True,
        wall=True,
    ),
    PageEntry("Train", "runs", "Runs", "table_rows", "Everything that ever ran: compare, repeat, take along."),
    PageEntry("Train", "search", "Search", "manage_search", "Let the machine turn the knobs."),
    PageEntry("Use", "predict", "Predict", "psychology_alt", "Show a trained network a picture of your own."),
)
FORMER = {"oversampling": "smote", "background": "snow"}  # names of earlier versions, in links and lesson files
BY_NAME = {entry.name: entry for entry in PAGES} | {
    old: entry for old, name in FORMER.items() for entry in PAGES if entry.name == name
}


def entry_at(path: str) -> PageEntry:
    """The page at a path of the app, as the navigation says it: the app's own address has none."""
    return BY_NAME[path or FIRST]


def file_of(name: str) -> str:
    """The file of a page, by its name or a former one, as Streamlit's links want it."""
    return f"{BY_NAME[name].name}.py"


def address_of(name: str) -> str:
    """The path of a page as a link from any other page, by its name or a former one."""
    return "./" if BY_NAME[name].name == FIRST else BY_NAME[name].name


def in_menus() -> list[PageEntry]:
    """The pages that stand in menus here; the others open by their address."""
    return [entry for entry in PAGES if class_mode() or not entry.in_class]


def groups() -> dict[str, list[PageEntry]]:
    """The pages of each menu, in order."""
    entries = in_menus()
    return {group: [one for one in entries if one.group == group] for group in dict.fromkeys(p.group for p in entries)}
