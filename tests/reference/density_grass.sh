#!/bin/sh
# Reference values for tests/density_surfaces.rs, made with v.kernel of GRASS GIS 8.2.1, which sums
# exactly. sh density_grass.sh, in this folder, after density_bandwidth.R; writes density_grass.csv.
# Its radius is where a kernel ends; that of the Gaussian is four standard deviations.
set -e
grass --tmp-location XY --exec sh -c '
tail -n +2 density_points.csv | v.in.ascii input=- output=points separator=comma x=1 y=2 --quiet
g.region n=250000 s=0 w=0 e=400000 res=1000
echo kernel,x_m,y_m,value
for kernel in quartic epanechnikov triweight uniform gaussian; do
  v.kernel input=points output=k radius=25000 kernel=$kernel --overwrite --quiet
  for at in 39500,216500 101500,123500 225500,140500 301500,67500 192500,135500 207500,99500 350500,200500; do
    echo "$kernel,$at,$(r.what map=k coordinates=$at separator=comma --quiet | cut -d, -f4)"
  done
done' 2>/dev/null | grep , > density_grass.csv
