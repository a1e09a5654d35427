//! Finds a stream in a compound file (MS-CFB), the container of `.xls` workbooks. Every chain is followed a bounded way.

use super::super::report::Refusal;

const FREE: u32 = 0xFFFF_FFFA;
const ENTRY: usize = 128;
const MINI_SECTOR: usize = 64;

/// The stream with one of these names, the first that there is.
pub(super) fn stream(bytes: &[u8], names: &[&str]) -> Result<Vec<u8>, Refusal> {
    find(bytes, names).ok_or_else(|| {
        Refusal::of_file(
            "the .xls workbook is damaged or protected; open it in a spreadsheet program and save it as .xlsx",
        )
    })
}

fn find(bytes: &[u8], names: &[&str]) -> Option<Vec<u8>> {
    let sector_size = match u16_at(bytes, 30)? {
        9 => 512,
        12 => 4096,
        _ => return None,
    };
    let file = File { bytes, sector_size };
    let fat = file.fat()?;
    let directory = file.chain(u32_at(bytes, 48)?, &fat)?;
    let entries: Vec<Entry> = directory.chunks_exact(ENTRY).filter_map(entry).collect();
    let root = entries.first()?;
    let wanted = names.iter().find_map(|name| entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name)))?;
    let cutoff = u32_at(bytes, 56)?;
    let mut stream = if wanted.size < cutoff {
        let mini_fat = numbers(&file.chain(u32_at(bytes, 60)?, &fat)?);
        let mini = file.chain(root.start, &fat)?;
        chain(wanted.start, &mini_fat, |number| {
            let start = (number as usize).checked_mul(MINI_SECTOR)?;
            mini.get(start..start.checked_add(MINI_SECTOR)?)
        })?
    } else {
        file.chain(wanted.start, &fat)?
    };
    stream.truncate(wanted.size as usize);
    Some(stream)
}

struct File<'a> {
    bytes: &'a [u8],
    sector_size: usize,
}

impl File<'_> {
    fn sector(&self, number: u32) -> Option<&[u8]> {
        let start = (number as usize).checked_add(1)?.checked_mul(self.sector_size)?;
        let end = start.checked_add(self.sector_size)?.min(self.bytes.len());
        self.bytes.get(start..end)
    }

    /// Which sector follows which.
    fn fat(&self) -> Option<Vec<u32>> {
        let mut sectors = numbers(self.bytes.get(76..512)?);
        let mut more = u32_at(self.bytes, 68)?;
        let most = self.bytes.len() / self.sector_size;
        for _ in 0..=most {
            if more >= FREE {
                break;
            }
            let mut list = numbers(self.sector(more)?);
            more = list.pop()?;
            sectors.extend(list);
        }
        let mut fat = Vec::new();
        for sector in sectors.into_iter().filter(|sector| *sector < FREE).take(most) {
            fat.extend(numbers(self.sector(sector)?));
        }
        Some(fat)
    }

    fn chain(&self, start: u32, fat: &[u32]) -> Option<Vec<u8>> {
        chain(start, fat, |number| self.sector(number))
    }
}

/// The sectors of a chain one after the other; `None` if it runs in a circle or out of the file.
fn chain<'a>(start: u32, fat: &[u32], sector: impl Fn(u32) -> Option<&'a [u8]>) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut number = start;
    let mut steps = 0usize;
    while number < FREE {
        steps += 1;
        if steps > fat.len() {
            return None;
        }
        out.extend_from_slice(sector(number)?);
        number = *fat.get(number as usize)?;
    }
    Some(out)
}

struct Entry {
    name: String,
    start: u32,
    size: u32,
}

fn entry(bytes: &[u8]) -> Option<Entry> {
    let length = usize::from(u16_at(bytes, 64)?).clamp(2, 64) - 2;
    let units: Vec<u16> = bytes.get(..length)?.chunks_exact(2).filter_map(|pair| u16_at(pair, 0)).collect();
    Some(Entry { name: String::from_utf16_lossy(&units), start: u32_at(bytes, 116)?, size: u32_at(bytes, 120)? })
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).filter_map(|four| u32_at(four, 0)).collect()
}

/// The number of two bytes at a place, the lower first.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..)?.first_chunk().copied()?))
}

/// The number of four bytes at a place, the lowest first.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..)?.first_chunk().copied()?))
}

/// The number of eight bytes at a place.
pub(super) fn f64_at(bytes: &[u8], at: usize) -> Option<f64> {
    Some(f64::from_le_bytes(bytes.get(at..)?.first_chunk().copied()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_that_runs_in_a_circle_is_refused() {
        assert_eq!(chain(0, &[1, 0], |_| Some(&[7u8][..])), None);
        assert_eq!(chain(0, &[1, 0xFFFF_FFFE], |_| Some(&[7u8][..])), Some(vec![7, 7]));
        assert_eq!(chain(9, &[1], |_| Some(&[7u8][..])), None);
    }
}
