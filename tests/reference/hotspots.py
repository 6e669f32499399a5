"""Reference values for tests/hotspots.rs, made with esda 2.9.0 and libpysal 4.14.1.

python hotspots.py > hotspots.csv, in this folder. For every bundled district, in the order of the
layer: the value (see value()), its queen neighbours, Gi* (binary weights, the district among its
own neighbours), local Moran's I (row-standardised weights), and the shares of 19,999 conditional
permutations in which the sum over the neighbours is no smaller and no larger than the true one.
"""
import json
import warnings

import numpy as np
from esda.getisord import G_Local
from esda.moran import Moran_Local
from libpysal.weights import Queen
from shapely.geometry import shape

warnings.simplefilter("ignore")
PERMUTATIONS = 19_999


def value(i):
    """Mostly zeros and a few bumps, as rates of incidents are."""
    spike = (i * i * 31 % 97) / 7.0 if i % 3 == 0 else 0.0
    return spike + max(0.0, 10.0 - abs(i - 450) / 4.0)


with open("../../geodata/districts.geojson") as file:
    features = json.load(file)["features"]
shapes = [shape(f["geometry"]) for f in features]
y = np.array([value(i) for i in range(len(shapes))])
queen = Queen.from_iterable(shapes)
gi = G_Local(y, queen, transform="B", star=True, permutations=0).Zs
queen = Queen.from_iterable(shapes)
moran = Moran_Local(y, queen, transformation="r", permutations=PERMUTATIONS, seed=1, n_jobs=1)
print("district,value,neighbours,gi_star,moran,no_smaller,no_larger")
for i in range(len(shapes)):
    n = sorted(queen.neighbors[i])
    # I of a permutation is (n - 1) z_i lag / sum z^2: it rises with the lag where z_i is positive.
    z = y[i] - y.mean()
    up, own = (moran.rlisas[i], moran.Is[i]) if z > 0 else (-moran.rlisas[i], -moran.Is[i])
    slack = 1e-12
    more = float((up >= own - slack).mean())
    less = float((up <= own + slack).mean())
    cells = [i, repr(float(y[i])), " ".join(map(str, n)), repr(float(gi[i])), repr(float(moran.Is[i])), more, less]
    print(",".join(map(str, cells)))
