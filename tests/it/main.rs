//! The integration tests, in one binary: a file a topic.

mod app;
mod check;
mod cli;
mod crash;
mod data;
mod db;
mod findings;
mod form;
mod format;
mod golden;
mod guard;
mod items;
mod layers;
mod never;
mod oracle;
mod polis;
mod privacy;
mod report;
mod respond;
mod rules;
mod schema;
mod staff;
mod statistics;
mod store;
