# Reference values for src/analysis/rates.rs and the Poisson-binomial counts,
# made with base R. Rscript rates.R
for (k in c(0, 1, 5, 20, 137)) {
  ci <- poisson.test(k)$conf.int
  cat("poisson.test", k, format(ci[1], digits = 16), format(ci[2], digits = 16), "\n")
}
# Garwood's limits averaged over a binomial number: 10 certain events and 20
# that lie here with probability 0.5.
mixed <- function(sure, n, p) {
  k <- sure + 0:n
  m <- dbinom(0:n, n, p)
  low <- uniroot(function(mu) sum(m * ppois(k - 1, mu, lower.tail = FALSE)) - 0.025,
                 c(1e-9, 200), tol = 1e-12)$root
  high <- uniroot(function(mu) sum(m * ppois(k, mu)) - 0.025, c(1e-9, 200), tol = 1e-12)$root
  cat("mixed", sure, n, p, format(low, digits = 12), format(high, digits = 12), "\n")
}
mixed(10, 20, 0.5)
mixed(0, 7, 0.3 + 0.5)
# MOVER ratio of 12 events over 4, areas alike (Zou and Donner 2008).
a <- c(12, poisson.test(12)$conf.int); b <- c(4, poisson.test(4)$conf.int)
cat("mover", a[1] / b[1] * exp(-sqrt(log(a[1] / a[2])^2 + log(b[3] / b[1])^2)),
    a[1] / b[1] * exp(sqrt(log(a[3] / a[1])^2 + log(b[1] / b[2])^2)), "\n")
