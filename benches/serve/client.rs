//! One HTTP/1.1 connection that is kept open, with answers read to their end.

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Room made before each read.
const ROOM: usize = 16 * 1024;

/// A connection to the program.
pub(crate) struct Connection {
    /// True if it says, as a browser does, that it takes compressed answers.
    pub(crate) takes_gzip: bool,
    address: SocketAddr,
    stream: TcpStream,
    request: Vec<u8>,
    answer: Vec<u8>,
    /// The body of an answer that came in chunks, put together.
    joined: Vec<u8>,
}

/// What came back.
pub(crate) struct Reply<'a> {
    /// The status.
    pub(crate) status: u16,
    head: &'a str,
    body: &'a [u8],
}

impl<'a> Reply<'a> {
    /// The first value of a header.
    pub(crate) fn header(&self, name: &'a str) -> Option<&'a str> {
        headers(self.head, name).next()
    }

    /// All values of a header.
    pub(crate) fn headers(&self, name: &'a str) -> impl Iterator<Item = &'a str> {
        headers(self.head, name)
    }

    /// The body, which is text.
    pub(crate) fn text(&self) -> &'a str {
        std::str::from_utf8(self.body).unwrap_or_default()
    }
}

fn headers<'a>(head: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    head.lines().skip(1).filter_map(move |line| {
        let (known, value) = line.split_once(':')?;
        known.eq_ignore_ascii_case(name).then_some(value.trim())
    })
}

/// How long a body is.
#[derive(Clone, Copy)]
enum Length {
    Bytes(usize),
    Chunks,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Result<Self> {
        let stream = connect(address).await?;
        let (request, answer, joined) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Self { takes_gzip: false, address, stream, request, answer, joined })
    }

    /// Asks, and reads the answer to its end. `form` posts these fields. A connection that the program closed while it
    /// was idle is opened anew.
    pub(crate) async fn ask(&mut self, path: &str, cookie: &str, form: Option<&str>) -> Result<Reply<'_>> {
        self.write_request(path, cookie, form);
        // Closed by the program, or told that it waited too long for a first request.
        if !matches!(self.stream.try_read(&mut [0; 64]), Err(none) if none.kind() == ErrorKind::WouldBlock) {
            self.stream = connect(self.address).await?;
        }
        let (end, length) = match self.exchange().await {
            Err(closed) if is_closed(&closed) && self.answer.is_empty() => {
                self.stream = connect(self.address).await?;
                self.exchange().await?
            }
            other => other?,
        };
        let status = self.status();
        let body = match length {
            Length::Bytes(length) => {
                while self.answer.len() < end + length {
                    self.more().await?;
                }
                &self.answer[end..end + length]
            }
            Length::Chunks => {
                self.join_chunks(end).await?;
                &self.joined[..]
            }
        };
        Ok(Reply { status, head: std::str::from_utf8(&self.answer[..end]).unwrap_or_default(), body })
    }

    /// Asks for a file of any size, and gives its bytes and lines; it is kept nowhere.
    pub(crate) async fn measure(&mut self, path: &str, cookie: &str) -> Result<(u64, u64)> {
        self.write_request(path, cookie, None);
        let (end, length) = self.exchange().await?;
        assert_eq!(self.status(), 200, "{path}");
        let (mut bytes, mut lines) = (0_u64, 0_u64);
        let mut count = |part: &[u8]| {
            bytes += part.len() as u64;
            lines += part.split(|byte| *byte == b'\n').skip(1).count() as u64;
        };
        self.answer.drain(..end);
        match length {
            Length::Bytes(mut left) => loop {
                count(&self.answer);
                left -= self.answer.len();
                self.answer.clear();
                if left == 0 {
                    break;
                }
                self.more().await?;
            },
            Length::Chunks => loop {
                let size = self.chunk_size(0).await?;
                let (start, size) = size;
                while self.answer.len() < start + size + 2 {
                    self.more().await?;
                }
                count(&self.answer[start..start + size]);
                self.answer.drain(..start + size + 2);
                if size == 0 {
                    break;
                }
            },
        }
        Ok((bytes, lines))
    }

    fn write_request(&mut self, path: &str, cookie: &str, form: Option<&str>) {
        let out = &mut self.request;
        out.clear();
        let method = if form.is_some() { "POST " } else { "GET " };
        for part in [method, path, " HTTP/1.1\r\nHost: canvass\r\nUser-Agent: canvass-bench\r\nAccept: text/html\r\n"] {
            out.extend_from_slice(part.as_bytes());
        }
        if self.takes_gzip {
            out.extend_from_slice(b"Accept-Encoding: gzip\r\n");
        }
        if !cookie.is_empty() {
            for part in ["Cookie: ", cookie, "\r\n"] {
                out.extend_from_slice(part.as_bytes());
            }
        }
        if let Some(form) = form {
            let length = form.len().to_string();
            let about = "Origin: http://canvass\r\nSec-Fetch-Site: same-origin\r\n\
                         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ";
            for part in [about, &length, "\r\n\r\n", form] {
                out.extend_from_slice(part.as_bytes());
            }
        } else {
            out.extend_from_slice(b"\r\n");
        }
    }

    /// Writes the request and reads the head of the answer: where it ends, and how long the body is.
    async fn exchange(&mut self) -> Result<(usize, Length)> {
        self.answer.clear();
        self.stream.write_all(&self.request).await?;
        let end = loop {
            let seen = self.answer.len().saturating_sub(3);
            self.more().await?;
            if let Some(at) = find(&self.answer[seen..], b"\r\n\r\n") {
                break seen + at + 4;
            }
        };
        let head = std::str::from_utf8(&self.answer[..end]).map_err(Error::other)?;
        let bytes = headers(head, "content-length").next().and_then(|length| length.parse().ok());
        let length = match bytes {
            Some(bytes) => Length::Bytes(bytes),
            None if headers(head, "transfer-encoding").any(|coding| coding == "chunked") => Length::Chunks,
            None => Length::Bytes(0),
        };
        Ok((end, length))
    }

    /// The status in the head.
    fn status(&self) -> u16 {
        let digits = self.answer.get(9..12).unwrap_or_default();
        std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()).unwrap_or(0)
    }

    async fn join_chunks(&mut self, mut at: usize) -> Result<()> {
        self.joined.clear();
        loop {
            let (start, size) = self.chunk_size(at).await?;
            while self.answer.len() < start + size + 2 {
                self.more().await?;
            }
            self.joined.extend_from_slice(&self.answer[start..start + size]);
            at = start + size + 2;
            if size == 0 {
                return Ok(());
            }
        }
    }

    /// Where the chunk that is announced at `at` starts, and its size.
    async fn chunk_size(&mut self, at: usize) -> Result<(usize, usize)> {
        loop {
            if let Some(length) = self.answer.get(at..).and_then(|rest| find(rest, b"\r\n")) {
                let digits = std::str::from_utf8(&self.answer[at..at + length]).map_err(Error::other)?;
                let size = usize::from_str_radix(digits, 16).map_err(Error::other)?;
                return Ok((at + length + 2, size));
            }
            self.more().await?;
        }
    }

    async fn more(&mut self) -> Result<()> {
        self.answer.reserve(ROOM);
        match self.stream.read_buf(&mut self.answer).await? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

async fn connect(address: SocketAddr) -> Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

fn is_closed(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe)
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}
