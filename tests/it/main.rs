//! The integration tests, in one binary: a file a topic.

mod app;
mod check;
mod cli;
mod crash;
mod data;
mod db;
mod form;
mod golden;
mod guard;
mod items;
mod layers;
mod never;
mod polis;
mod privacy;
mod report;
mod respond;
mod rules;
mod schema;
mod staff;
mod statistics;
mod store;
mod versions;
