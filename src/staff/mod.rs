//! The people who run consultations: what each may do, what they sign in with, and the record of what they did.

pub mod audit;
pub mod email;
pub mod password;
pub mod role;
pub mod second_factor;

pub use role::{Right, Role};
