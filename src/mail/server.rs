//! The address of a mail server: `smtps://user@host:465`, `smtp://host:587`.

use std::net::IpAddr;

use super::error::SettingsError;

/// When the connection is protected by TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protection {
    /// From its first byte.
    Always,
    /// Before anything is said, by STARTTLS; a server that cannot is not used.
    Asked,
    /// Never: it does not leave the machine.
    None,
}

/// A mail server.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Server {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) user: Option<String>,
    pub(super) protection: Protection,
}

impl Server {
    pub(super) fn read(written: &str) -> Result<Self, SettingsError> {
        let (scheme, rest) = written.split_once("://").ok_or(SettingsError::Server)?;
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        // A user is often an address, with an @ of its own.
        let (user, place) = match rest.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, rest),
        };
        if user.is_some_and(|user| user.contains(':')) {
            return Err(SettingsError::PasswordInAddress);
        }
        let user = user.map(|user| decoded(user).ok_or(SettingsError::Server)).transpose()?;
        let (host, port) = split(place).ok_or(SettingsError::Server)?;
        let address = host.parse::<IpAddr>().ok();
        let is_name = |host: &str| host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.'));
        if host.is_empty() || address.is_none() && !is_name(host) {
            return Err(SettingsError::Server);
        }
        let (protection, usual) = match scheme {
            "smtps" => (Protection::Always, 465),
            // A name could lead anywhere; only an address says that it is this machine.
            "smtp" if address.is_some_and(|address| address.is_loopback()) => (Protection::None, 587),
            "smtp" => (Protection::Asked, 587),
            _ => return Err(SettingsError::Server),
        };
        let port = port.map_or(Ok(usual), |port| port.parse().map_err(|_| SettingsError::Server))?;
        Ok(Self { host: host.to_string(), port, user, protection })
    }
}

/// Host and port; an IPv6 address stands in brackets.
fn split(place: &str) -> Option<(&str, Option<&str>)> {
    if let Some((host, port)) = place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return if port.is_empty() { Some((host, None)) } else { Some((host, Some(port.strip_prefix(':')?))) };
    }
    Some(place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port))))
}

/// A user with `%40` and the like as the letters they stand for; none if it is empty or breaks a line.
fn decoded(user: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = user.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let two = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&two).ok()?, 16).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok().filter(|user| !user.is_empty() && super::is_one_line(user))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(host: &str, port: u16, user: Option<&str>, protection: Protection) -> Server {
        Server { host: host.to_string(), port, user: user.map(str::to_string), protection }
    }

    #[test]
    fn a_server_is_read_with_its_protection() {
        let (host, user) = ("mail.example.org", Some("canvass@example.org"));
        for (written, read) in [
            ("smtps://mail.example.org", server(host, 465, None, Protection::Always)),
            ("smtps://canvass@example.org@mail.example.org:4650/", server(host, 4650, user, Protection::Always)),
            ("smtp://canvass%40example.org@mail.example.org", server(host, 587, user, Protection::Asked)),
            ("smtp://localhost:25", server("localhost", 25, None, Protection::Asked)),
            ("smtp://192.0.2.7:25", server("192.0.2.7", 25, None, Protection::Asked)),
            ("smtp://127.0.0.1:25", server("127.0.0.1", 25, None, Protection::None)),
            ("smtp://[::1]:25", server("::1", 25, None, Protection::None)),
            ("smtps://127.0.0.1", server("127.0.0.1", 465, None, Protection::Always)),
        ] {
            assert_eq!(Server::read(written).expect(written), read, "{written}");
        }
    }

    #[test]
    fn what_is_no_server_is_refused() {
        for written in [
            "",
            "mail.example.org",
            "http://mail.example.org",
            "smtp://",
            "smtp://:25",
            "smtp://mail.example.org:port",
            "smtp://mail.example.org:70000",
            "smtp://mail example.org",
            "smtp://mail.example.org/path",
            "smtp://mail.example.org?tls=none",
            "smtp://@mail.example.org",
            "smtp://a%0d%0aDATA@mail.example.org",
            "smtp://a%4@mail.example.org",
        ] {
            assert!(matches!(Server::read(written), Err(SettingsError::Server)), "{written}");
        }
        assert!(matches!(Server::read("smtps://a:secret@mail.example.org"), Err(SettingsError::PasswordInAddress)));
    }
}
