"""The README's pictures: they are made by a script, are there, and need nothing from elsewhere."""

import re
from html import unescape
from pathlib import Path

import pytest

from docs.pictures import FOLDER, PICTURES, make
from tests.support.virtual_time import in_virtual_time

READMES = sorted(FOLDER.parent.glob("README*.md"))


@in_virtual_time
async def test_a_picture_is_made_of_the_running_program(tmp_path: Path) -> None:
    """The sum's, after seconds instead of an hour."""
    await make(["sum"], tmp_path, watched_s=5)
    text = unescape((tmp_path / "sum.svg").read_text()).replace("\xa0", " ")
    assert "SIMULATOR" in text
    assert "Nodes" in text
    assert "27/27" in text


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_is_there_small_and_whole(name: str) -> None:
    """Shown by each README; no font, script or picture is loaded from anywhere."""
    for readme in READMES:
        assert f"](docs/{name}.svg)" in readme.read_text()
    svg = (FOLDER / f"{name}.svg").read_text()
    assert len(svg) < 150_000
    assert re.findall(r"https?://[^\"]+", svg) == ["http://www.w3.org/2000/svg"]
    assert "<script" not in svg
