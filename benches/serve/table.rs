//! The table: what was measured, against what, the bar, and whether it is held; and the machine it was measured on.

use std::fmt::Write;
use std::path::Path;

/// The file the table stands in.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/performance.md");
const BEGIN: &str = "<!-- figures: written by `make bench` -->\n";
const END: &str = "<!-- end of figures -->\n";

/// A line of the table.
pub(crate) struct Line {
    what: String,
    figure: String,
    ratio: String,
    bar: String,
    verdict: String,
    is_right: bool,
}

impl Line {
    /// A figure without a bar.
    pub(crate) fn says(what: impl Into<String>, figure: impl Into<String>) -> Self {
        let (what, figure) = (what.into(), figure.into());
        Self { what, figure, ratio: String::new(), bar: String::new(), verdict: String::new(), is_right: true }
    }

    /// What the figure is in relation to another one.
    #[must_use]
    pub(crate) fn against(self, ratio: impl Into<String>) -> Self {
        Self { ratio: ratio.into(), ..self }
    }

    /// A bar that `value` has to reach.
    #[must_use]
    pub(crate) fn at_least(self, value: f64, bar: f64, unit: &str) -> Self {
        let verdict = if value >= bar {
            "held".to_string()
        } else {
            format!("missed: {} % of it", number((value / bar * 100.0).floor()))
        };
        Self { bar: format!("≥ {}{unit}", number(bar)), verdict, ..self }
    }

    /// A bar that `value` has to stay under.
    #[must_use]
    pub(crate) fn at_most(self, value: f64, bar: f64, unit: &str) -> Self {
        let verdict =
            if value <= bar { "held".to_string() } else { format!("missed: {} times it", number(value / bar)) };
        Self { bar: format!("≤ {}{unit}", number(bar)), verdict, ..self }
    }

    /// A bar in words, and which share of it is reached: 1 and more hold it.
    #[must_use]
    pub(crate) fn reaches(self, bar: &str, share: f64) -> Self {
        Self { bar: bar.to_string(), ..self.at_least(share * 100.0, 100.0, "") }
    }

    /// A bar in words that is held or not.
    #[must_use]
    pub(crate) fn holds(self, bar: &str, is_held: bool) -> Self {
        Self { bar: bar.to_string(), verdict: if is_held { "held" } else { "missed" }.to_string(), ..self }
    }

    /// What must be so whatever the speed: if it is not, the whole run fails.
    #[must_use]
    pub(crate) fn proves(self, bar: &str, is_right: bool) -> Self {
        Self { is_right, ..self.holds(bar, is_right) }
    }

    /// False if the line shows that the program did wrong.
    pub(crate) fn is_right(&self) -> bool {
        self.is_right
    }

    fn cells(&self) -> [&str; 5] {
        [&self.what, &self.figure, &self.ratio, &self.bar, &self.verdict]
    }

    /// As it is told while the program runs.
    pub(crate) fn told(&self) -> String {
        self.cells().into_iter().filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join(" | ")
    }
}

/// A number as people read it: three digits that count, thousands apart.
pub(crate) fn number(value: f64) -> String {
    let digits = if value >= 99.95 || value.fract() == 0.0 { 0 } else { usize::from(value < 9.995) + 1 };
    let text = format!("{value:.digits$}");
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut out = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out + rest
}

/// The middle one of some values; `NaN` of none.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The table as Markdown, under the sentences on the machine.
pub(crate) fn markdown(machine: &[String], lines: &[Line]) -> String {
    let mut text = String::new();
    for sentence in machine {
        let _never_fails = writeln!(text, "{sentence}  ");
    }
    text.push_str("\n| What | Figure | Ratio | Bar | Verdict |\n|---|---:|---|---|---|\n");
    for line in lines {
        let cells: Vec<String> = line.cells().iter().map(|cell| cell.replace('|', "\\|")).collect();
        let _never_fails = writeln!(text, "| {} |", cells.join(" | "));
    }
    let judged = lines.iter().filter(|line| !line.verdict.is_empty());
    let held = judged.clone().filter(|line| line.verdict == "held").count();
    let _never_fails = writeln!(text, "\n{held} of {} bars are held.", judged.count());
    text
}

/// Puts the table into the page about performance.
pub(crate) fn publish(table: &str) {
    let page = std::fs::read_to_string(FILE).unwrap();
    let (before, rest) = page.split_once(BEGIN).expect("docs/performance.md says where the figures go");
    let (_, after) = rest.split_once(END).expect("docs/performance.md says where the figures end");
    std::fs::write(FILE, format!("{before}{BEGIN}\n{table}\n{END}{after}")).unwrap();
}

/// What it was measured on: processor, memory, kernel, disk under `folder`, versions.
pub(crate) fn machine(folder: &Path, databases: &[String]) -> Vec<String> {
    let read = |file: &str| std::fs::read_to_string(file).unwrap_or_default();
    let named = |file: &str, name: &str| {
        let text = read(file);
        let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_string();
        line.split_once(':').map_or(String::new(), |(_, value)| value.trim().to_string())
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory: f64 = named("/proc/meminfo", "MemTotal").trim_end_matches(" kB").parse().unwrap_or(f64::NAN);
    let mounts = read("/proc/mounts");
    let under = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ');
        let (device, at, kind) = (words.next()?, words.next()?, words.next()?);
        folder.starts_with(at).then_some((at.len(), device, kind))
    });
    let (device, kind) = under.max().map_or(("unknown", "unknown"), |(_, device, kind)| (device, kind));
    let held_up = if kind == "tmpfs" { ", which is memory: nothing here waits for a disk" } else { "" };
    vec![
        format!("Measured on {} by Canvass {}.", jiff::Zoned::now().date(), env!("CARGO_PKG_VERSION")),
        format!("Processor: {}, {cores} cores, which the load generator shares.", named("/proc/cpuinfo", "model name")),
        format!(
            "Memory: {} GB; kernel: Linux {}.",
            number((memory / 1048.576 / 1000.0).round()),
            read("/proc/sys/kernel/osrelease").trim()
        ),
        format!("Disk: {device}, {kind}{held_up}."),
        format!("Databases: {}.", databases.join(", ")),
        format!(
            "Load before the run, over one, five and fifteen minutes: {}.",
            read("/proc/loadavg").split(' ').take(3).collect::<Vec<_>>().join(", ")
        ),
    ]
}
