# Reference values for tests/comparison.rs, made with base R 4.2.2.
# Rscript rate_ratio.R > rate_ratio.csv, in this folder; the last line goes to standard error.
# Exact conditional interval and p-value of a ratio of Poisson rates, mid-p: the second count
# given the total is binomial, with pi = after_time r / (before_time + after_time r).
midp <- function(x, n, p) pbinom(x - 1, n, p) + 0.5 * dbinom(x, n, p)
upper <- function(x, n, p) pbinom(x, n, p, lower.tail = FALSE) + 0.5 * dbinom(x, n, p)
solve <- function(f) plogis(uniroot(function(t) f(plogis(t)) - 0.025, c(-60, 30), tol = 1e-14, maxiter = 1e5)$root)
one <- function(x0, t0, x1, t1) {
  n <- x0 + x1
  r <- function(p) p / (1 - p) * t0 / t1
  low <- if (x1 == 0) 0 else r(solve(function(p) upper(x1, n, p)))
  high <- if (x0 == 0) Inf else r(solve(function(p) midp(x1, n, p)))
  p0 <- t1 / (t0 + t1)
  c(low, high, min(1, 2 * min(midp(x1, n, p0), upper(x1, n, p0))))
}
cases <- rbind(c(10,5,20,5), c(0,3,5,2.5), c(7,3,0,2), c(1,1,1,1), c(0,4,1,4), c(100,10.25,150,8.5),
  c(4000,12,4200,11.9), c(3,32.6,40,0.4), c(25,1.3,24,1.3), c(50000,20,51000,20), c(2,0.01,9,30),
  c(500,12,100,4.3), c(1,20,0,1), c(12,7.6,31,4.3))
cat("before,before_time,after,after_time,low,high,p\n")
for (i in seq_len(nrow(cases))) {
  v <- one(cases[i, 1], cases[i, 2], cases[i, 3], cases[i, 4])
  cat(paste(c(sapply(cases[i, ], format, digits = 15, scientific = FALSE), formatC(v, digits = 13, format = "g", width = -1)), collapse = ","), "\n", sep = "")
}
p <- c(0.041, 0.001, 0.008, 0.039, 0.942, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216, 0.222, 0.251,
  0.269, 0.275, 0.34, 0.341, 0.384, 0.569, 0.594, 0.696, 0.762, 0.94, 0.975, 0.986)
message(paste(format(p.adjust(p, "BH"), digits = 15), collapse = ", "))
