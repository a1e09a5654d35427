//! The people who run consultations: what each may do, what they sign in with, and the record of what they did; and what
//! they invite others by: the list of people, what a mail says, and where it stands.

pub mod audit;
pub mod email;
pub mod letter;
pub mod outbox;
pub mod password;
pub mod people;
pub mod role;
pub mod second_factor;

pub use role::{Right, Role};
