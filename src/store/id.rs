//! Random ids, which tell nothing about when or by whom a row was made.

use super::StoreError;

/// 128 random bits as 32 hexadecimal digits.
pub(super) fn random() -> Result<String, StoreError> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(StoreError::Random)?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)))
}
