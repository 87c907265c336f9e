"""Files of pictures: every kind is seen, a damaged one is none."""

import io
import random

import numpy as np
import pytest
from PIL import Image

from services.parser.formats import detect
from services.parser.layout.geometry import Box
from services.parser.ocr.pictures import grey, placed


def picture(kind: str) -> bytes:
    """40 × 30 pixels, the left half black."""
    image = Image.new("RGB", (40, 30), "white")
    image.paste("black", (0, 0, 20, 30))
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


KINDS = ("PNG", "JPEG", "TIFF", "BMP", "GIF")


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_known_by_its_bytes_and_seen(kind: str) -> None:
    assert detect(picture(kind)) == "picture"
    (pixels,) = grey(picture(kind))
    assert pixels.shape == (30, 40)
    assert (pixels[:, :18] < 40).all()
    assert (pixels[:, 22:] > 215).all()


def test_every_page_of_a_fax_is_seen() -> None:
    file = io.BytesIO()
    pages = [Image.new("1", (40, 30), shade) for shade in (0, 1)]
    pages[0].save(file, "TIFF", save_all=True, append_images=pages[1:])
    assert [int(pixels.mean()) for pixels in grey(file.getvalue())] == [0, 255]


def test_a_red_seal_is_as_light_as_paper() -> None:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), (230, 20, 30)).save(file, "PNG")
    (pixels,) = grey(file.getvalue())
    assert pixels.min() > 220


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_picture_is_none_or_another(kind: str) -> None:
    for seed in range(60):
        chance, data = random.Random(f"{kind} {seed}"), bytearray(picture(kind))
        for _ in range(3):
            data[chance.randrange(len(data))] = chance.randrange(256)
        assert isinstance(grey(bytes(data[: chance.randrange(1, len(data) + 1)])), list)


def test_a_picture_stands_in_its_box_and_what_sticks_out_is_cut() -> None:
    page = placed([(picture("PNG"), Box(50.0, 10.0, 120.0, 40.0)), (b"no picture", Box(0, 0, 9, 9))], (100, 50), 1)
    assert page.shape == (50, 100)
    assert np.argwhere(page < 40).min(axis=0).tolist() == [10, 50]
    assert (page[:10] == 255).all()
