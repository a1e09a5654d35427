//! Invitations, and the key of the server that makes them: what is sent out, how it is known again, and the mark that says it
//! was used.
//!
//! Nothing of an invitation is stored. It is told from a forged one by its seal, which only the key makes; that it was used is
//! told by its mark, which only the key leads to. Without the key a mark says nothing, not even to one who holds every
//! invitation that was sent out.

use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::code::{Token, grouped, letters, tidied};
use crate::document::hex;

/// Letters of a seal: 70 bits, so that nobody finds one by trying.
const SEAL: usize = 14;
/// Letters of the moment up to which a link works: seconds since 1970.
const EXPIRY: usize = 7;

/// The key of the server: 256 random bits that are in no database.
#[derive(Clone, PartialEq, Eq)]
pub struct Key([u8; 32]);

impl Key {
    /// The key that is these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads a key as [`Key::to_text`] writes it.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits: Vec<u8> =
            text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect::<Option<_>>()?;
        let bytes: Vec<u8> = digits
            .chunks(2)
            .map(|pair| match pair {
                [high, low] => Some(high << 4 | low),
                _ => None,
            })
            .collect::<Option<_>>()?;
        bytes.try_into().ok().map(Self)
    }

    /// The key as 64 hexadecimal digits, for its file.
    pub fn to_text(&self) -> String {
        hex(&self.0)
    }

    /// What tells this key from another one and leads to none.
    pub fn check(&self) -> String {
        hex(&self.mac("check", &[]))
    }

    /// What a browser shows that gave the right passphrase, stored as `stored`; setting another one ends it.
    pub fn pass(&self, survey: &str, stored: &str) -> String {
        self.letters::<26>("passphrase", &[survey, stored])
    }

    /// Whether `shown` is that.
    pub fn is_pass(&self, survey: &str, stored: &str, shown: &str) -> bool {
        self.pass(survey, stored).as_bytes().ct_eq(tidied(shown).as_bytes()).into()
    }

    /// What a browser shows in which an account was signed in to; setting another password ends it.
    pub fn browser(&self, account: &str, stored: &str) -> String {
        self.letters::<26>("browser", &[account, stored])
    }

    /// Bytes that hide what is stored, for one purpose and one text that is used once.
    pub fn pad(&self, purpose: &str, once: &str) -> [u8; 32] {
        self.mac(purpose, &[once])
    }

    /// What a person on a list is told mail stops by: their random id and its seal. Nothing of it is stored.
    pub fn farewell(&self, survey: &str, person: &Token) -> String {
        format!("{}{}", person.as_str(), self.letters::<SEAL>("farewell", &[survey, person.as_str()]))
    }

    /// The person of such a code, however it is typed; `None` if it is none of this survey.
    pub fn read_farewell(&self, survey: &str, typed: &str) -> Option<Token> {
        let typed = tidied(typed);
        let (person, seal) = typed.split_at_checked(Token::LENGTH).unwrap_or_default();
        Token::read(person).filter(|_| self.is_sealed("farewell", &[survey, person], seal))
    }

    /// What a mail to a person is known by, however often it is handed to a mail server.
    pub fn letter_id(&self, survey: &str, person: &str, mail: &str) -> String {
        self.letters::<26>("letter", &[survey, person, mail]).to_lowercase()
    }

    /// What stands for a place in counts that hold for a time: another one each time, and none that leads to the place.
    pub fn place(&self, time: &str, place: &str) -> String {
        self.letters::<26>("place", &[time, place])
    }

    /// HMAC-SHA-256 over a purpose and texts, each with its length, so that no two lists of texts are one.
    fn mac(&self, purpose: &str, texts: &[&str]) -> [u8; 32] {
        // A shorter key is filled with zeros to the length of a block, as RFC 2104 says.
        let mut block = [0; 64];
        block.iter_mut().zip(self.0).for_each(|(filled, byte)| *filled = byte);
        let mut mac = <Hmac<Sha256> as KeyInit>::new(&block.into());
        for text in [&[purpose], texts].concat() {
            mac.update(&u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(text.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }

    fn letters<const N: usize>(&self, purpose: &str, texts: &[&str]) -> String {
        letters(self.mac(purpose, texts).get(..N).unwrap_or_default())
    }

    fn is_sealed(&self, purpose: &str, texts: &[&str], seal: &str) -> bool {
        self.letters::<SEAL>(purpose, texts).as_bytes().ct_eq(seal.as_bytes()).into()
    }
}

impl std::fmt::Debug for Key {
    /// Never the key itself: it must not get into a log.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Key")
    }
}

/// An invitation to one survey: 130 random bits and their seal, as 40 letters and digits.
#[derive(Clone, PartialEq, Eq)]
pub struct Invitation(String);

impl Invitation {
    /// Makes the invitation of these random bits.
    pub fn new(key: &Key, survey: &str, random: &Token) -> Self {
        let seal = key.letters::<SEAL>("invitation", &[survey, random.as_str()]);
        Self(format!("{}{seal}", random.as_str()))
    }

    /// Reads an invitation however it is typed; `None` if it is none to this survey. That costs the same whatever is typed.
    pub fn read(key: &Key, survey: &str, typed: &str) -> Option<Self> {
        let typed = tidied(typed);
        let (random, seal) = typed.split_at_checked(Token::LENGTH).unwrap_or_default();
        key.is_sealed("invitation", &[survey, random], seal).then_some(Self(typed))
    }

    /// The invitation of an e-mail address: the same for each writing of it, and for nobody without the key. What stands
    /// between a `+` and the `@` is no other person's.
    pub fn of_address(key: &Key, survey: &str, address: &str) -> Self {
        let address = address.trim().to_lowercase();
        let address = match address.rsplit_once('@') {
            Some((name, domain)) => format!("{}@{domain}", name.split_once('+').map_or(name, |(name, _)| name)),
            None => address,
        };
        let random = key.letters::<{ Token::LENGTH }>("address", &[survey, &address]);
        let seal = key.letters::<SEAL>("invitation", &[survey, &random]);
        Self(format!("{random}{seal}"))
    }

    /// The invitation of a person on a list, by their random id: as good as one of random bits to all who have no key.
    pub fn of_person(key: &Key, survey: &str, person: &str) -> Self {
        let random = key.letters::<{ Token::LENGTH }>("person", &[survey, person]);
        let seal = key.letters::<SEAL>("invitation", &[survey, &random]);
        Self(format!("{random}{seal}"))
    }

    /// The invitation itself, for a cookie or a link.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// In groups of five, as it is printed.
    pub fn grouped(&self) -> String {
        grouped(&self.0)
    }

    /// What says that it was used. Only the key leads from one to the other.
    pub fn mark(&self, key: &Key, survey: &str) -> String {
        let random = self.0.get(..Token::LENGTH).unwrap_or_default();
        key.letters::<{ Token::LENGTH }>("spent", &[survey, random])
    }

    /// The same invitation in a form that works until a moment, in seconds since 1970, for a mail.
    pub fn until(&self, key: &Key, survey: &str, moment: i64) -> String {
        let moment: Vec<u8> = (0..EXPIRY).rev().map(|place| (moment >> (5 * place) & 31).to_le_bytes()[0]).collect();
        let moment = letters(&moment);
        let random = self.0.get(..Token::LENGTH).unwrap_or_default();
        let seal = key.letters::<SEAL>("until", &[survey, &moment, random]);
        format!("{moment}{random}{seal}")
    }

    /// Reads that form; `None` if it is none to this survey, or its moment is over.
    pub fn read_until(key: &Key, survey: &str, typed: &str, now: i64) -> Option<Self> {
        let typed = tidied(typed);
        let (moment, rest) = typed.split_at_checked(EXPIRY).unwrap_or_default();
        let (random, seal) = rest.split_at_checked(Token::LENGTH).unwrap_or_default();
        let is_sealed = key.is_sealed("until", &[survey, moment, random], seal);
        let ends = moment.bytes().fold(0_i64, |sum, letter| sum << 5 | i64::from(super::code::value(letter)));
        let random = Token::read(random).filter(|_| is_sealed && now < ends)?;
        Some(Self::new(key, survey, &random))
    }
}

impl std::fmt::Debug for Invitation {
    /// Never the invitation itself: it must not get into a log.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Invitation")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn random(n: u8) -> Token {
        Token::from_random(std::array::from_fn(|i| u8::try_from(i).unwrap().wrapping_mul(7).wrapping_add(n)))
    }

    #[test]
    fn an_invitation_is_known_however_it_is_typed_and_to_its_own_survey_and_key_only() {
        let (key, other) = (Key::from_bytes([1; 32]), Key::from_bytes([2; 32]));
        let invitation = Invitation::new(&key, "town", &random(1));
        let typed = format!(" {} ", invitation.grouped().to_lowercase().replace('0', "o"));
        assert_eq!(Invitation::read(&key, "town", &typed), Some(invitation.clone()));
        assert_eq!(Invitation::read(&key, "park", invitation.as_str()), None);
        assert_eq!(Invitation::read(&other, "town", invitation.as_str()), None);
        for wrong in ["", "ÄÖÜ", "0", &invitation.as_str()[1..], &format!("{}0", invitation.as_str())] {
            assert_eq!(Invitation::read(&key, "town", wrong), None, "{wrong}");
        }
        for place in 0..40 {
            let mut forged = invitation.as_str().to_string().into_bytes();
            forged[place] = if forged[place] == b'7' { b'8' } else { b'7' };
            assert_eq!(Invitation::read(&key, "town", &String::from_utf8(forged).unwrap()), None, "letter {place}");
        }
    }

    #[test]
    fn a_million_guesses_find_no_seal() {
        let key = Key::from_bytes([1; 32]);
        let found = (0..1_000_000_u32).filter(|n| {
            let bytes: [u8; 26] = std::array::from_fn(|i| (n >> (i % 4 * 8)).to_le_bytes()[0] ^ i.to_le_bytes()[0]);
            let guess = Token::from_random(bytes);
            let seal = Token::from_random(bytes.map(|byte| byte.wrapping_mul(13)));
            Invitation::read(&key, "town", &format!("{}{}", guess.as_str(), &seal.as_str()[..SEAL])).is_some()
        });
        assert_eq!(found.count(), 0);
    }

    #[test]
    fn a_mark_depends_on_key_survey_and_invitation() {
        let key = Key::from_bytes([1; 32]);
        let mark = |key: &Key, survey: &str, n| Invitation::new(key, survey, &random(n)).mark(key, survey);
        let one = mark(&key, "town", 1);
        assert_eq!(one, mark(&key, "town", 1));
        for other in [mark(&key, "town", 2), mark(&key, "park", 1), mark(&Key::from_bytes([2; 32]), "town", 1)] {
            assert_ne!(one, other);
        }
        assert!(!Invitation::new(&key, "town", &random(1)).as_str().contains(&one));
    }

    #[test]
    fn a_mailed_link_leads_to_the_one_invitation_of_its_address_until_it_ends() {
        let key = Key::from_bytes([1; 32]);
        let own = Invitation::of_address(&key, "town", " Sam@Example.org ");
        assert_eq!(own, Invitation::of_address(&key, "town", "sam@example.org"));
        assert_eq!(own, Invitation::of_address(&key, "town", "sam+again@example.org"));
        assert_ne!(own, Invitation::of_address(&key, "town", "kim@example.org"));
        assert_eq!(Invitation::read(&key, "town", own.as_str()), Some(own.clone()));
        let link = own.until(&key, "town", 1_795_000_000);
        assert_eq!(Invitation::read_until(&key, "town", &link, 1_794_999_999), Some(own.clone()));
        assert_eq!(Invitation::read_until(&key, "town", &link, 1_795_000_000), None);
        assert_eq!(Invitation::read_until(&key, "park", &link, 0), None);
        assert_eq!(Invitation::read(&key, "town", &link), None);
        assert!(!link.contains(own.mark(&key, "town").as_str()));
    }

    #[test]
    fn what_a_person_on_a_list_is_sent_is_the_same_each_time_and_nobody_else_s() {
        let (key, other) = (Key::from_bytes([1; 32]), Key::from_bytes([2; 32]));
        let (sam, ada) = (random(1), random(2));
        let invitation = Invitation::of_person(&key, "town", sam.as_str());
        assert_eq!(Invitation::read(&key, "town", invitation.as_str()), Some(invitation.clone()));
        for foreign in [
            Invitation::of_person(&key, "town", ada.as_str()),
            Invitation::of_person(&key, "park", sam.as_str()),
            Invitation::of_person(&other, "town", sam.as_str()),
            Invitation::new(&key, "town", &sam),
        ] {
            assert_ne!(foreign, invitation);
            assert_ne!(foreign.mark(&key, "town"), invitation.mark(&key, "town"));
        }
        assert!(!invitation.as_str().contains(sam.as_str()));
        let code = key.farewell("town", &sam);
        assert_eq!(key.read_farewell("town", &code.to_lowercase()), Some(sam.clone()));
        assert_eq!((key.read_farewell("park", &code), other.read_farewell("town", &code)), (None, None));
        assert_eq!(key.read_farewell("town", &format!("{}{}", ada.as_str(), &code[26..])), None);
        assert_eq!(key.read_farewell("town", ""), None);
        assert_eq!(Invitation::read(&key, "town", &code), None, "it lets nobody in");
        let id = key.letter_id("town", sam.as_str(), "invitation");
        assert_eq!(id, key.letter_id("town", sam.as_str(), "invitation"));
        assert_ne!(id, key.letter_id("town", sam.as_str(), "reminder 2026-11-24"));
    }

    #[test]
    fn a_key_is_read_as_it_is_written_and_stands_in_no_log() {
        let key = Key::from_bytes(std::array::from_fn(|i| u8::try_from(i * 8).unwrap()));
        assert_eq!(Key::read(&format!("{}\n", key.to_text())), Some(key.clone()));
        for wrong in ["", "00", &"0".repeat(63), &"g".repeat(64)] {
            assert_eq!(Key::read(wrong), None);
        }
        assert_eq!(format!("{key:?} {:?}", Invitation::new(&key, "town", &random(1))), "Key Invitation");
    }
}
