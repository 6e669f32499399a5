# Reference values for tests/density.rs, made with spatstat.explore 3.0-6 (R 4.2).
# Rscript density_bandwidth.R, in this folder; writes density_points.csv and prints the values.
suppressMessages({library(spatstat.geom); library(spatstat.explore)})
set.seed(1893)
W <- owin(c(0, 400000), c(0, 250000))
parents <- cbind(runif(8, 40000, 360000), runif(8, 40000, 210000))
k <- sample(8, 300, TRUE)
x <- c(parents[k, 1] + rnorm(300, sd = 12000), runif(150, 0, 400000))
y <- c(parents[k, 2] + rnorm(300, sd = 12000), runif(150, 0, 250000))
inside <- inside.owin(x, y, W)
x <- round(x[inside]); y <- round(y[inside])
write.csv(data.frame(x_m = x, y_m = y), "density_points.csv", row.names = FALSE, quote = FALSE)
X <- ppp(x, y, window = W)
cat("n", npoints(X), "\n")
# The standard deviation of each kernel, metres.
d <- bw.diggle(X, correction = "translate", nr = 4096)
cat("bw.diggle", format(as.numeric(d), digits = 9), "\n")
sigma <- exp(seq(log(5000), log(30000), length.out = 359))
p <- bw.ppl(X, sigma = sigma, shortcut = TRUE, dimyx = 512)
cat("bw.ppl", format(as.numeric(p), digits = 9), "\n")
cat("bw.scott.iso", format(as.numeric(bw.scott.iso(X)), digits = 9), "\n")
cat("bw.scott", format(as.numeric(bw.scott(X)), digits = 9), "\n")
# A surface: the quartic kernel of spatstat, sigma 10 km (h = sqrt(8) sigma), no edge correction.
for (kern in c("gaussian", "quartic", "epanechnikov", "disc")) {
  at <- ppp(c(100500, 200500, 300500), c(100500, 150500, 50500), window = W)
  D <- density(X, sigma = 10000, kernel = kern, edge = FALSE, at = "pixels", eps = 1000)
  cat(kern, format(1e6 * D[at], digits = 6), "\n")
}
