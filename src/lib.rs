//! Canvass: an online consultation engine, from a survey definition to a consensus summary.
//!
//! The layers, each using only what stands before it on its own line or on a line above:
//!
//! ```text
//! document  vocabulary  item  definition  exchange  design  response  analysis  export  staff
//!            pure: no input or output, no clock, no unseeded chance
//! embed      language models read from local directories: tokenizers, safetensors and ndarray only here
//! store      the database: diesel only here
//! service    one function for each thing a person can do
//! render     templates, view structs, charts; uses the pure layers only
//! mail       SMTP, lettre only here; uses no other layer
//! print      a browser that makes a PDF of a page; uses no other layer
//! web  cli   HTTP only in one, the terminal only in the other
//! ```
//!
//! `ARCHITECTURE.md` tells the life of one response through them; `tests/it/layers.rs` holds the rules.

pub mod analysis;
pub mod cli;
pub mod definition;
pub mod design;
pub mod document;
pub mod embed;
pub mod exchange;
pub mod export;
pub mod item;
pub mod mail;
pub mod print;
pub mod render;
pub mod response;
pub mod service;
pub mod staff;
pub mod store;
pub mod vocabulary;
pub mod web;
