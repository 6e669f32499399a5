"""Pairs of polygons and the areas of their overlays by GEOS: writes overlay.geojson.

    python3 tests/reference/overlay.py        needs shapely 2 (made with 2.2.0, GEOS 3.14.1)

The shapes are what boundaries are like and what overlays fail on: common edges cut at other
vertices, slivers of a billionth of a degree, combs, spirals, holes that touch their shell,
rings that touch themselves in a point. All are valid, so that there is one right area. Coordinates lie on a
grid of 1e-9 degree, as durand puts them.
"""

import json
import math
import pathlib
import random

import shapely

random.seed(20)


def on_grid(points):
    return [(round(x, 9), round(y, 9)) for x, y in points]


def star(x, y, radius, count, rough=0.4):
    """A ring with a jagged edge."""
    at = []
    for i in range(count):
        turn = 2 * math.pi * i / count
        r = radius * (1 - rough * random.random())
        at.append((x + r * math.cos(turn), y + r * math.sin(turn)))
    return on_grid(at)


def comb(x, y, teeth, width, height):
    at = [(x, y)]
    for i in range(teeth):
        left = x + width * (2 * i + 1) / (2 * teeth)
        at += [(left - width / (4 * teeth), y + 0.01), (left, y + height)]
    return on_grid(at + [(x + width, y), (x + width, y - 0.1), (x, y - 0.1)])


def spiral(x, y, turns, width):
    """A band that winds round a place."""
    def arm(offset):
        return [
            (x + (offset + 0.1 * a) * math.cos(a), y + (offset + 0.1 * a) * math.sin(a))
            for a in (i * 0.2 for i in range(int(10 * math.pi * turns)))
        ]
    return on_grid(arm(1.0) + arm(1.0 + width)[::-1])


def wiggle(x0, x1, y, count):
    """A line that two neighbours share."""
    inner = sorted(random.uniform(x0, x1) for _ in range(count))
    return on_grid([(x0, y)] + [(x, y + random.uniform(-0.2, 0.2)) for x in inner] + [(x1, y)])


def polygon(shell, holes=()):
    return shapely.Polygon(shell, holes)


def cases():
    for i in range(12):
        a = polygon(star(70, 34, 1.0, 12 + 14 * i))
        b = polygon(star(70.4, 34.2, 0.9, 9 + 11 * i))
        yield f"jagged {i}", a, b
    for i in range(6):
        hole = star(70, 34, 0.3, 8 + i)
        a = polygon(star(70, 34, 1.0, 60, 0.2), [hole])
        b = polygon(star(70.1 + 0.1 * i, 34, 0.5, 50), [])
        yield f"hole {i}", a, b
        yield f"hole filled {i}", a, polygon(hole)
    for i in range(6):
        line = wiggle(70.0, 72.0, 34.0, 5 + 20 * i)
        above = polygon(line + [(72.0, 36.0), (70.0, 36.0)])
        below = polygon(line[::-1] + [(70.0, 32.0), (72.0, 32.0)])
        yield f"neighbours {i}", above, below
        # The neighbour's line as another source has it: cut and put back on the grid.
        cut = [p for pair in zip(line, line[1:]) for p in (pair[0], on_grid(
            [((pair[0][0] + pair[1][0]) / 2, (pair[0][1] + pair[1][1]) / 2)])[0])] + [line[-1]]
        other = polygon(cut[::-1] + [(70.0, 32.0), (72.0, 32.0)])
        yield f"neighbours cut {i}", above, other
        # And moved by a billionth of a degree.
        moved = [(round(x + 1e-9, 9), round(y + 1e-9, 9)) for x, y in line]
        yield f"neighbours moved {i}", above, polygon(moved[::-1] + [(70.0, 32.0), (72.0, 32.0)])
    for teeth in (3, 30, 120):
        yield f"comb {teeth}", polygon(comb(70, 34, teeth, 2, 0.5)), polygon(
            [(69.5, 34.2), (72.5, 34.2), (72.5, 34.3), (69.5, 34.3)])
        yield f"combs {teeth}", polygon(comb(70, 34, teeth, 2, 0.5)), polygon(
            [(142 - x, round(68.3 - y, 9)) for x, y in comb(70, 34, teeth, 2, 0.5)])
    for turns in (2, 4):
        yield f"spiral {turns}", polygon(spiral(70, 34, turns, 0.2)), polygon(star(70, 34, 3, 30))
    square = [(70, 34), (71, 34), (71, 35), (70, 35)]
    yield "same", polygon(square), polygon(square)
    yield "same, begun elsewhere", polygon(square), polygon(square[2:] + square[:2])
    yield "corner to corner", polygon(square), polygon([(71, 35), (72, 35), (72, 36), (71, 36)])
    yield "hole that touches its shell", polygon(
        square, [[(70, 34.5), (70.3, 34.4), (70.3, 34.6)]]), polygon(
        [(69.9, 34.45), (70.2, 34.45), (70.2, 34.55), (69.9, 34.55)])
    yield "sliver", polygon(square), polygon([(71 - 1e-9, 34), (72, 34), (72, 35), (71 - 1e-9, 35)])
    yield "needle", polygon([(70, 34), (72, 34.000000001), (72, 34.000000002)]), polygon(square)
    touching = polygon([(70, 34), (71, 34.5), (72, 34), (72, 35), (71, 34.6), (70, 35)])
    yield "waist", touching, polygon([(70.9, 34), (71.1, 34), (71.1, 35), (70.9, 35)])


features = []
for name, a, b in cases():
    assert a.is_valid and b.is_valid, (name, shapely.is_valid_reason(a), shapely.is_valid_reason(b))
    areas = {
        "intersection": shapely.intersection(a, b).area,
        "union": shapely.union(a, b).area,
        "difference": shapely.difference(a, b).area,
    }
    for which, shape in (("a", a), ("b", b)):
        properties = {"name": name, "which": which} | (areas if which == "a" else {})
        geometry = json.loads(shapely.to_geojson(shapely.orient_polygons(shape)))
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})

out = pathlib.Path(__file__).with_suffix(".geojson")
lines = ",\n".join(json.dumps(f, separators=(",", ":")) for f in features)
out.write_text('{"type":"FeatureCollection","features":[\n' + lines + "\n]}\n")
print(len(features) // 2, "pairs,", out.stat().st_size, "bytes")
