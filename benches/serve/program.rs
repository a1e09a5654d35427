//! The built program as a process of its own.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::people::DEFINITION;

/// How long the program may take to answer after its start.
const PATIENCE: Duration = Duration::from_secs(30);

/// The program, serving; killed when it is dropped.
pub(crate) struct Program {
    child: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// From the start of the process to its first answer.
    pub(crate) took: Duration,
}

impl Program {
    /// Publishes W20.
    pub(crate) fn publish(url: &str) {
        run(url, &["publish", DEFINITION]);
    }

    /// Makes a sign-in link, and gives its address on the server.
    pub(crate) fn sign_in(url: &str) -> String {
        let said = run(url, &["sign-in"]);
        format!("/staff/sign-in/{}", said.trim().rsplit('/').next().unwrap_or_default())
    }

    /// Writes the report of a consultation into a folder, and gives the most memory that took, in MB.
    pub(crate) fn report(url: &str, id: &str, out: &Path) -> f64 {
        let _old = std::fs::remove_dir_all(out);
        let mut child = command(url).args(["report", id, "--out"]).arg(out).stderr(Stdio::null()).spawn().unwrap();
        let mut most = 0.0_f64;
        let done = loop {
            // What it was before the process ended: nothing is left to ask afterwards.
            most = memory(child.id(), "VmHWM").map_or(most, |now| most.max(now));
            match child.try_wait().unwrap() {
                Some(done) => break done,
                None => std::thread::sleep(Duration::from_millis(2)),
            }
        };
        assert!(done.success(), "canvass report {id}");
        most
    }

    /// Serves a database, and waits until it answers. Its log goes to a file beside `folder`'s databases.
    pub(crate) fn serve(url: &str, folder: &Path) -> Self {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let log = File::options().create(true).append(true).open(folder.join("program.log")).unwrap();
        let start = Instant::now();
        let child = command(url)
            .args(["serve", "--listen", &address.to_string()])
            .current_dir(folder)
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut program = Self { child, address, took: Duration::ZERO };
        while !is_alive(address) {
            assert!(start.elapsed() < PATIENCE, "the program does not answer: see {}", folder.display());
            assert!(program.child.try_wait().unwrap().is_none(), "the program ended: see {}", folder.display());
            std::thread::sleep(Duration::from_micros(500));
        }
        program.took = start.elapsed();
        program
    }

    /// A figure of its memory in MB: `VmRSS`, in use now, or `VmHWM`, the most so far.
    pub(crate) fn memory(&self, name: &str) -> f64 {
        memory(self.child.id(), name).unwrap_or(f64::NAN)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _already_gone = self.child.kill();
        let _already_gone = self.child.wait();
    }
}

/// A figure of the memory of a process in MB.
fn memory(process: u32, name: &str) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with(name))?;
    let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes / 1024.0)
}

/// One question of whether it lives, without any of the load generator's machinery.
fn is_alive(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: canvass\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer.starts_with("HTTP/1.1 200"))
    };
    ask().unwrap_or(false)
}

fn command(url: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_canvass"));
    command.env("CANVASS_DATABASE", url);
    for unwanted in ["CANVASS_LOG", "CANVASS_THEME", "CANVASS_PUBLIC_URL", "CANVASS_SMTP_URL", "CANVASS_KEY_FILE"] {
        command.env_remove(unwanted);
    }
    command
}

fn run(url: &str, arguments: &[&str]) -> String {
    let done = command(url).args(arguments).output().unwrap();
    assert!(done.status.success(), "canvass {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8_lossy(&done.stdout).into_owned()
}
