//! From responses to a consensus summary: tallies, intervals, verdicts, themes, and the report that holds them.

pub mod agreement;
pub mod coding;
pub mod crosstab;
pub mod dataset;
pub mod disclosure;
pub mod findings;
pub mod golden;
pub mod group_result;
pub mod heterogeneity;
pub mod interval;
pub mod measure;
pub mod mentions;
pub mod multiple;
pub mod prevalence;
pub mod quantile;
pub mod report;
pub mod robustness;
pub mod special;
pub mod summary;
pub mod support;
pub mod tally;
pub mod text;
pub mod verdict;
pub mod versions;
pub mod wall;
pub mod weight;
