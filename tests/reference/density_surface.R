# Reference values for tests/density_surfaces.rs, made with spatstat.explore 3.0-6 and sparr 2.2-17 (R 4.2).
# Rscript density_surface.R, in this folder, after density_bandwidth.R; writes density_surface.csv.
suppressMessages({library(spatstat.geom); library(spatstat.explore); library(sparr)})
P <- read.csv("density_points.csv")
X <- ppp(P$x_m, P$y_m, window = owin(c(0, 400000), c(0, 250000)))
sigma <- 10000
out <- data.frame()
put <- function(what, x, y, value) out <<- rbind(out, data.frame(what = what, x_m = x, y_m = y,
  value = formatC(value, digits = 15, format = "e")))
# density.ppp at the points is an exact sum; without the point itself (leaveoneout) and with it.
i <- c(1, 57, 113, 200, 301, 404, 450)
for (edge in c("none", "uniform", "diggle")) {
  D <- density(X, sigma = sigma, at = "points", leaveoneout = FALSE,
               edge = edge != "none", diggle = edge == "diggle")
  put(paste0("points-", edge), X$x[i], X$y[i], D[i])
}
# On pixels by the fast Fourier transform, points binned to 200 m pixels.
at <- ppp(c(500, 100500, 200500, 300500, 399500), c(500, 100500, 150500, 50500, 249500), window = Window(X))
for (edge in c("none", "uniform", "diggle")) {
  D <- density(X, sigma = sigma, eps = 200, edge = edge != "none", diggle = edge == "diggle")
  put(paste0("pixels-", edge), at$x, at$y, D[at])
}
# Adaptive (Abramson), plain sums at the centres of 400 x 400 cells: sparr.
for (edge in c("none", "diggle")) {
  A <- bivariate.density(X, h0 = sigma, adapt = TRUE, resolution = 400, edge = edge,
                         intensity = TRUE, verbose = FALSE)
  xc <- A$z$xcol[c(15, 102, 186, 302, 386)]; yc <- A$z$yrow[c(27, 124, 218, 68, 393)]
  put(paste0("adaptive-", edge), xc, yc, A$z[ppp(xc, yc, window = Window(X))])
  put(paste0("width-", edge), X$x[i], X$y[i], A$h[i])
}
# Log relative risk of the first 180 points against the others, one fixed bandwidth, the constant that
# this program adds (one incident of all at its kernel's centre), and the same with none.
f <- X[1:180]; g <- X[181:450]
fd <- bivariate.density(f, h0 = sigma, resolution = 400, edge = "none", intensity = TRUE, verbose = FALSE)
gd <- bivariate.density(g, h0 = sigma, resolution = 400, edge = "none", intensity = TRUE, verbose = FALSE)
fd$z <- fd$z / 180; gd$z <- gd$z / 270
shared <- 1 / (2 * pi * sigma^2) / 450
R <- risk(fd, gd, epsilon = shared / max(gd$z), verbose = FALSE)
xc <- fd$z$xcol[c(61, 102, 186, 302, 343)]; yc <- fd$z$yrow[c(93, 124, 218, 68, 312)]
put("logrisk", xc, yc, R$rr[ppp(xc, yc, window = Window(X))])
# The same by the formula, at the same places.
exact <- mapply(function(x, y) {
  k <- exp(-((X$x - x)^2 + (X$y - y)^2) / 2 / sigma^2) / (2 * pi * sigma^2)
  log((mean(k[1:180]) + shared) / (mean(k[181:450]) + shared))
}, xc, yc)
put("logrisk-plain", xc, yc, exact)
write.csv(out, "density_surface.csv", row.names = FALSE, quote = FALSE)
