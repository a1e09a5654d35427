# Rakes a clustered sample with the package `survey`, and prints what it finds as JSON of full precision.
# Arguments: a CSV file of schools, and the totals of the two margins as CSV files with the columns name and Freq.
suppressMessages(library(survey))
given <- commandArgs(trailingOnly = TRUE)
schools <- read.csv(given[1], colClasses = c(stype = "character", sch_wide = "character"))
schools$fpc <- 757
types <- setNames(read.csv(given[2], colClasses = c("character", "numeric")), c("stype", "Freq"))
wide <- setNames(read.csv(given[3], colClasses = c("character", "numeric")), c("sch_wide", "Freq"))
design <- svydesign(id = ~cluster, weights = ~weight, data = schools, fpc = ~fpc)
raked <- rake(design, list(~stype, ~sch_wide), list(types, wide), control = list(maxit = 500, epsilon = 1e-9))
trimmed <- trimWeights(raked, lower = 20, upper = 45, strict = TRUE)
number <- function(x) paste0("[", paste(formatC(x, digits = 16, format = "g"), collapse = ","), "]")
pair <- function(x) number(c(coef(x), SE(x)))
cat("{\"weights\":", number(weights(raked)), ",\"raked\":", pair(svymean(~api00, raked)), ",\"unraked\":",
    pair(svymean(~api00, design)), ",\"enroll\":", number(coef(svytotal(~enroll, raked))), ",\"trimmed\":",
    number(weights(trimmed)), ",\"trimmed_mean\":", number(coef(svymean(~api00, trimmed))), ",\"R\":\"",
    paste(R.version$major, R.version$minor, sep = "."), "\",\"survey\":\"", as.character(packageVersion("survey")), "\"}\n", sep = "")
