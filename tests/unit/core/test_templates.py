"""Every template compiles, imports what exists, fits on a screen and leaves style and script to their files."""

import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import meta, nodes

import contest_portal
from contest_portal.core import filters, web

FOLDER = Path(contest_portal.__file__).parent / "templates"
TEMPLATES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.html"))


@pytest.fixture(scope="module")
def app_without_pages() -> Flask:
    app = Flask("contest_portal", root_path=str(FOLDER.parent))
    web.versioned_static(app)
    filters.install(app)
    return app


def source(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_compiles_and_loads_what_exists(portal: Flask, name: str) -> None:
    environment = portal.jinja_env
    environment.compile(source(name), name)
    tree = environment.parse(source(name))
    for named in meta.find_referenced_templates(tree):
        assert named is None or named in TEMPLATES
    for node in tree.find_all(nodes.FromImport):
        wanted = {part if isinstance(part, str) else part[0] for part in node.names}
        # Components translate inside their macros, so that a module needs no request and no language.
        offered = vars(environment.get_template(node.template.as_const()).module)
        assert wanted <= set(offered)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_is_short_and_plain(name: str) -> None:
    text = source(name)
    assert len(text.splitlines()) <= 60
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|\|\s*safe\b|javascript:", text) == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_takes_sheets_and_scripts_with_their_version(name: str) -> None:
    assert re.findall(r"""url_for\(["']static["']""", source(name)) == []
    for path in re.findall(r"""static_url\(["']([^"'~]+)["']\)""", source(name)):
        assert (FOLDER.parent / "static" / path).is_file()
