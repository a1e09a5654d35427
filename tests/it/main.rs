//! The integration tests, in one binary: a file a topic.

mod data;
mod db;
mod golden;
mod statistics;
mod store;
