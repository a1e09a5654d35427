//! The survey as a whole: texts, promises, dates, interventions, the decision rule, calculated values and checks.

use std::collections::{BTreeMap, BTreeSet};

use super::words::{names, number, same_thing, text};
use super::{At, Class, Diff, Effect, common, loosened, pages, rounds};
use crate::definition::consensus::{DecisionRule, Weighting};
use crate::definition::{
    Access, Accessibility, Breadth, Calculated, Check, Intervention, Introduction, Population, Privacy, Results, Show,
    Survey, Unfinished, Window,
};

use super::loosened::{follows, same};

pub(super) fn compare(old: &Survey, new: &Survey, found: &mut Diff) {
    let Survey {
        id,
        version,
        title,
        language,
        // Versions are compared in their own language.
        translated_from: _,
        introduction,
        window,
        privacy,
        accessibility,
        results,
        access,
        // Lists and rows are compared where questions use them.
        names: _,
        interventions,
        population,
        consensus,
        round,
        // Compared with what else of the survey they need.
        pages: _,
        calculated,
        checks,
        unfinished,
        progress,
        overview,
        // Compared with the pages that name them.
        sections: _,
        retired,
        translations,
    } = old;
    let at = At::of;
    if *id != new.id {
        let text = format!("The surveys are called `{id}` and `{}`: they are two surveys, not two versions.", new.id);
        found.add(&at("survey"), Class::Breaking, text);
    }
    let own = |number: u32| Some(number.to_string());
    found.note(&at("version"), Class::Wording, number("The author's own number", own(*version), own(new.version)));
    found.note(&at("title"), Class::Wording, text("It", Some(title), Some(&new.title)));
    found.note(&at("language"), Class::Wording, text("It", Some(language), Some(&new.language)));
    introduced(introduction, &new.introduction, found);
    opened(window.as_ref(), new.window.as_ref(), found);
    promised(privacy, &new.privacy, found);
    stated(accessibility.as_ref(), new.accessibility.as_ref(), found);
    shown(*results, new.results, found);
    admitted(access, &new.access, found);
    kept(*unfinished, new.unfinished, found);
    if *overview != new.overview {
        found.add(&at("overview"), Class::Wording, "Whether there is an overview of the sections changed.");
    }
    if *progress != new.progress {
        found.add(&at("progress"), Class::Wording, "Whether pages say how many there are changed.");
    }
    proposed(interventions, &new.interventions, found);
    reached(population.as_ref(), new, found);
    decided(consensus, &new.consensus, found);
    rounds::compare(round.as_ref(), new.round.as_ref(), found);
    pages::compare(old, new, found);
    computed(calculated, &new.calculated, found);
    checked(checks, &new.checks, found);
    withdrawn_ids(retired, &new.retired, found);
    translated(translations, &new.translations, found);
}

fn introduced(old: &Introduction, new: &Introduction, found: &mut Diff) {
    let Introduction { organisation, purpose, minutes, contact } = old;
    let texts = [
        ("organisation", organisation, &new.organisation),
        ("purpose", purpose, &new.purpose),
        ("contact", contact, &new.contact),
    ];
    for (part, old, new) in texts {
        let at = At::of(format!("introduction, {part}"));
        found.note(&at, Class::Wording, text("It", old.as_deref(), new.as_deref()));
    }
    let said = |minutes: Option<u32>| minutes.map(|minutes| minutes.to_string());
    found.note(
        &At::of("introduction, minutes"),
        Class::Wording,
        number("The number of minutes", said(*minutes), said(new.minutes)),
    );
}

/// What the accessibility statement says is no part of any answer.
fn stated(old: Option<&Accessibility>, new: Option<&Accessibility>, found: &mut Diff) {
    let empty = Accessibility::default();
    let Accessibility { contact, tested_on, exceptions } = old.unwrap_or(&empty);
    let new = new.unwrap_or(&empty);
    let at = |part: &str| At::of(format!("accessibility, {part}"));
    found.note(&at("contact"), Class::Wording, text("It", contact.as_deref(), new.contact.as_deref()));
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string());
    found.note(&at("tested_on"), Class::Wording, number("The day", day(*tested_on), day(new.tested_on)));
    let listed = |exceptions: &[String]| (!exceptions.is_empty()).then(|| exceptions.join("; "));
    let (old, new) = (listed(exceptions), listed(&new.exceptions));
    found.note(&at("exceptions"), Class::Wording, text("It", old.as_deref(), new.as_deref()));
}

fn opened(old: Option<&Window>, new: Option<&Window>, found: &mut Diff) {
    let at = At::of("window");
    let (old, new) = match (old, new) {
        (None, None) => return,
        (None, Some(new)) => {
            let text = format!("Answers were taken at any time, and now only until {}.", closing(new));
            return found.add(&at, Class::Breaking, text);
        }
        (Some(old), None) => {
            let text = format!("Answers were taken until {}, and now at any time.", closing(old));
            return found.add(&at, Class::Additive, text);
        }
        (Some(old), Some(new)) => (old, new),
    };
    let Window { opens_at, closes_at, closes: _, timezone: _, grace_minutes } = old;
    let minutes = |minutes: u32| Some(minutes.to_string());
    let said = number("The minutes to finish in after the close", minutes(*grace_minutes), minutes(new.grace_minutes));
    found.note(&at, loosened(new.grace_minutes > *grace_minutes), said);
    let (closes, now) = (closing(old), closing(new));
    if *opens_at != new.opens_at {
        let earlier = new.opens_at < *opens_at;
        let text = format!("It opens {}.", if earlier { "earlier" } else { "later" });
        found.add(&at, loosened(earlier), text);
    }
    if *closes_at == new.closes_at {
        found.note(&at, Class::Wording, text("The closing time in words", Some(&closes), Some(&now)));
    } else {
        let said = text("The closing time", Some(&closes), Some(&now));
        found.note(&at, loosened(new.closes_at > *closes_at), said);
    }
}

/// “2026-02-01 at 17:00 (Europe/London)”.
fn closing(window: &Window) -> String {
    format!("{} ({})", window.closes.strftime("%Y-%m-%d at %H:%M"), window.timezone)
}

fn promised(old: &Privacy, new: &Privacy, found: &mut Diff) {
    let Privacy { notice, retain_days, min_cell } = old;
    let said = text("It", notice.as_deref(), new.notice.as_deref());
    found.note(&At::of("privacy, notice"), Class::Wording, said);
    let days = |days: u32| Some(format!("{days} days"));
    let said = number("The time for which answers are kept", days(*retain_days), days(new.retain_days));
    found.note(&At::of("privacy, retain_days"), loosened(new.retain_days <= *retain_days), said);
    let people = |people: u32| Some(people.to_string());
    let said = number("The smallest group whose figures are shown", people(*min_cell), people(new.min_cell));
    found.note(&At::of("privacy, min_cell"), loosened(new.min_cell >= *min_cell), said);
}

fn shown(old: Results, new: Results, found: &mut Diff) {
    let Results { show, min_answers } = old;
    if show != new.show {
        let text = match new.show {
            Show::Never => "Those who answered do not see everyone's answers any more.",
            Show::AfterAnswering => "Those who answered see everyone's answers, counted, as soon as there are enough.",
            Show::AfterClose => "Those who answered see everyone's answers, counted, once it has closed.",
        };
        found.add(&At::of("results, show"), Class::Additive, text);
    }
    let people = |people: u32| Some(people.to_string());
    let said = number("The fewest responses to show them from", people(min_answers), people(new.min_answers));
    found.note(&At::of("results, min_answers"), loosened(new.min_answers >= min_answers), said);
}

/// Another way in is breaking, for what it protects from is said of all answers together.
fn admitted(old: &Access, new: &Access, found: &mut Diff) {
    if let (Access::EmailDomain(old), Access::EmailDomain(new)) = (old, new) {
        let listed = |domains: &[String]| names(domains.iter().map(String::as_str));
        let (at, class) = (At::of("access, domains"), loosened(old.iter().all(|domain| new.contains(domain))));
        found.note(&at, class, text("The domains", Some(&listed(old)), Some(&listed(new))));
    } else if old != new {
        let text = format!("It took answers from {}, and now from {}.", old.in_words(), new.in_words());
        found.add(&At::of("access"), Class::Breaking, text);
    }
}

fn kept(old: Unfinished, new: Unfinished, found: &mut Diff) {
    if old != new {
        let text = match new {
            Unfinished::Keep => "Unfinished answers were deleted at the close, and now count.",
            Unfinished::Discard => "Unfinished answers counted at the close, and are now deleted.",
        };
        found.add(&At::of("unfinished"), Class::Breaking, text);
    }
}

fn proposed(old: &[Intervention], new: &[Intervention], found: &mut Diff) {
    for intervention in old {
        let Intervention { id, label, breadth, audience, phrases, withdrawn } = intervention;
        let at = At::of(format!("intervention {id}"));
        let Some(now) = new.iter().find(|known| known.id == *id) else {
            found.add_with(
                &at,
                Class::Breaking,
                Effect::Verdicts,
                format!("“{label}” is gone from the interventions."),
            );
            continue;
        };
        relabelled(&at, label, &now.label, found);
        let declared = |breadth: Option<Breadth>| breadth.map(|breadth| breadth.name().to_string());
        let said = number("Its declared breadth", declared(*breadth), declared(now.breadth));
        concluded(&at, said, found);
        concluded(&at, text("Its audience", audience.as_deref(), now.audience.as_deref()), found);
        if *phrases != now.phrases {
            let said =
                "Its phrases changed, and with them what counts as a mention of it, also in answers sent before.";
            found.add(&at, Class::Additive, said);
        }
        match (withdrawn, now.withdrawn) {
            (false, true) => found.add_with(
                &at,
                Class::Additive,
                Effect::Verdicts,
                "It is withdrawn: it is counted, and no longer judged.",
            ),
            (true, false) => concluded(&at, Some("It was withdrawn, and is judged again.".to_string()), found),
            _ => {}
        }
    }
    for intervention in new.iter().filter(|now| !old.iter().any(|known| known.id == now.id)) {
        let text = format!("“{}” is new among the interventions.", intervention.label);
        let at = At::of(format!("intervention {}", intervention.id));
        found.add_with(&at, Class::Additive, Effect::Verdicts, text);
    }
    let ids = |all: &[Intervention]| all.iter().map(|one| one.id.clone()).collect::<Vec<_>>();
    reordered(&At::of("interventions"), &ids(old), &ids(new), "They stand in another order.", found);
}

/// A change that alters what is concluded: breaking, for the rule was to be fixed before the first answer.
pub(super) fn concluded(at: &At<'_>, said: Option<String>, found: &mut Diff) {
    if let Some(said) = said {
        let text = format!("{said} This changes what the report concludes, also from answers that were sent before.");
        found.add_with(at, Class::Breaking, Effect::Verdicts, text);
    }
}

/// A label that was worded anew.
pub(super) fn relabelled(at: &At<'_>, old: &str, new: &str, found: &mut Diff) {
    if let Some(said) = text("Its label", Some(old), Some(new)) {
        found.add(at, Class::Wording, format!("{said}{}", same_thing(old, new)));
    }
}

/// Things that both have in another order.
pub(super) fn reordered(at: &At<'_>, old: &[String], new: &[String], said: &str, found: &mut Diff) {
    let (old, new) = common(old, new);
    if old != new {
        found.add(at, Class::Wording, said);
    }
}

fn reached(old: Option<&Population>, survey: &Survey, found: &mut Diff) {
    let (old, new) = match (old, survey.population.as_ref()) {
        (None, None) => return,
        (None, Some(_)) => return found.add(&At::of("population"), Class::Additive, "It is declared now."),
        (Some(_), None) => return found.add(&At::of("population"), Class::Additive, "It is no longer declared."),
        (Some(old), Some(new)) => (old, new),
    };
    let Population { estimate, low, high, source, margins } = old;
    let sizes = [("estimate", estimate, new.estimate), ("low", low, new.low), ("high", high, new.high)];
    for (part, old, new) in sizes {
        let at = At::of(format!("population, {part}"));
        found.note(&at, Class::Additive, number("It", Some(old.to_string()), Some(new.to_string())));
    }
    found.note(&At::of("population, source"), Class::Wording, text("It", Some(source), Some(&new.source)));
    let asked: BTreeSet<&String> = margins.keys().chain(new.margins.keys()).collect();
    for id in asked.into_iter().filter(|id| margins.get(*id) != new.margins.get(*id)) {
        let at = At::of(format!("population, margins of {id}"));
        if survey.consensus.weighting == Weighting::None {
            let text = "The shares in the population are given anew; answers are not weighted to them.";
            found.add(&at, Class::Additive, text);
        } else {
            concluded(&at, Some("The shares that answers are weighted to are given anew.".to_string()), found);
        }
    }
}

fn decided(old: &DecisionRule, new: &DecisionRule, found: &mut Diff) {
    let DecisionRule {
        alpha,
        tau_overall,
        tau_segment,
        tau_polar,
        n_min_overall,
        n_min_segment,
        n_min_guard,
        delta,
        precision_overall,
        precision_segment,
        weighting,
        weight_min,
        weight_max,
        changed_because,
    } = old;
    let thresholds = [
        ("alpha", alpha.to_string(), new.alpha.to_string()),
        ("tau_overall", tau_overall.to_string(), new.tau_overall.to_string()),
        ("tau_segment", tau_segment.to_string(), new.tau_segment.to_string()),
        ("tau_polar", tau_polar.to_string(), new.tau_polar.to_string()),
        ("n_min_overall", n_min_overall.to_string(), new.n_min_overall.to_string()),
        ("n_min_segment", n_min_segment.to_string(), new.n_min_segment.to_string()),
        ("n_min_guard", n_min_guard.to_string(), new.n_min_guard.to_string()),
        ("delta", delta.to_string(), new.delta.to_string()),
        ("precision_overall", precision_overall.to_string(), new.precision_overall.to_string()),
        ("precision_segment", precision_segment.to_string(), new.precision_segment.to_string()),
        ("weighting", weighting.name().to_string(), new.weighting.name().to_string()),
        ("weight_min", weight_min.to_string(), new.weight_min.to_string()),
        ("weight_max", weight_max.to_string(), new.weight_max.to_string()),
    ];
    for (name, old, new) in thresholds {
        concluded(&At::of(format!("decision rule, {name}")), number("It", Some(old), Some(new)), found);
    }
    let reason = text("The reason for its changes", changed_because.as_deref(), new.changed_because.as_deref());
    found.note(&At::of("decision rule".to_string()), Class::Wording, reason);
}

fn computed(old: &[Calculated], new: &[Calculated], found: &mut Diff) {
    for calculated in old {
        // `known_after` follows from the order of the pages.
        let Calculated { id, label, value, kind, known_after: _, place: _ } = calculated;
        let at = At::of(format!("calculated {id}"));
        let Some(now) = new.iter().find(|known| known.id == *id) else {
            found.add(&at, Class::Breaking, "It is gone.");
            continue;
        };
        relabelled(&at, label, &now.label, found);
        if !same(Some(value), Some(&now.value)) {
            let said = text("Its value", Some(&value.to_string()), Some(&now.value.to_string()));
            found.note(&at, Class::Breaking, said);
        } else if *kind != now.kind {
            found.add(&at, Class::Breaking, "Its value is of another kind, because of a question that it names.");
        }
    }
    for calculated in new.iter().filter(|now| !old.iter().any(|known| known.id == now.id)) {
        let text = format!("It is new: {}.", calculated.value);
        found.add(&At::of(format!("calculated {}", calculated.id)), Class::Additive, text);
    }
    let ids = |all: &[Calculated]| all.iter().map(|one| one.id.clone()).collect::<Vec<_>>();
    reordered(&At::of("calculated"), &ids(old), &ids(new), "They stand in another order.", found);
}

/// Checks have no ids: those with one rule are the same check, then those in one place are one that was changed.
fn checked(old: &[Check], new: &[Check], found: &mut Diff) {
    let at = |number: usize| At::of(format!("check {}", number + 1));
    let mut left: Vec<(usize, &Check)> = new.iter().enumerate().collect();
    let mut take = |is: &dyn Fn(&(usize, &Check)) -> bool| left.iter().position(is).map(|index| left.remove(index));
    let mut changed = Vec::new();
    let mut order = Vec::new();
    for (number, check) in old.iter().enumerate() {
        match take(&|(_, now)| same(Some(&check.rule), Some(&now.rule))) {
            Some((now, twin)) => {
                order.push(now);
                worded(&at(now), check, twin, found);
            }
            None => changed.push((number, check)),
        }
    }
    if !order.is_sorted() {
        found.add(&At::of("checks"), Class::Wording, "They stand in another order.");
    }
    for (number, check) in changed {
        let Some((_, now)) = take(&|(place, _)| *place == number) else {
            found.add(&at(number), Class::Additive, format!("It is gone; it was “{}”.", check.rule));
            continue;
        };
        // Whoever passed the old one must pass the new one too. A lost rule is not judged at all.
        let holds =
            !now.rule.is_lost() && follows(&[Some(&check.rule).filter(|rule| !rule.is_lost())], Some(&now.rule));
        let passes = holds || now.may_go_on || now.rule.is_lost();
        let said = text("Its rule", Some(&check.rule.to_string()), Some(&now.rule.to_string()));
        let said = said.unwrap_or_else(|| "Its rule was lost by an import, and is written now.".to_string());
        found.add(&at(number), loosened(passes), said);
        worded(&at(number), check, now, found);
    }
    for (number, check) in left {
        let harmless = check.may_go_on || check.rule.is_lost();
        let said = format!("It is new: “{}”{}.", check.rule, if harmless { ", which holds nobody up" } else { "" });
        found.add(&at(number), loosened(harmless), said);
    }
}

fn worded(at: &At<'_>, old: &Check, new: &Check, found: &mut Diff) {
    // The rules were compared by the caller.
    let Check { rule: _, message, may_go_on, place: _ } = old;
    found.note(at, Class::Wording, text("Its message", Some(message), Some(&new.message)));
    match (may_go_on, new.may_go_on) {
        (true, false) => found.add(at, Class::Breaking, "It only warned, and now holds people up."),
        (false, true) => found.add(at, Class::Additive, "It held people up, and now only warns."),
        _ => {}
    }
}

fn withdrawn_ids(old: &[String], new: &[String], found: &mut Diff) {
    let missing = |from: &[String], of: &[String]| -> Vec<String> {
        of.iter().filter(|id| !from.contains(id)).cloned().collect()
    };
    let (added, dropped) = (missing(old, new), missing(new, old));
    let at = At::of("retired");
    if !added.is_empty() {
        let text = format!("Never to be used again: {}.", names(added.iter().map(String::as_str)));
        found.add(&at, Class::Wording, text);
    }
    if !dropped.is_empty() {
        let text = format!("No longer listed: {}.", names(dropped.iter().map(String::as_str)));
        found.add(&at, Class::Wording, text);
    }
}

type Translations = BTreeMap<String, BTreeMap<String, String>>;

fn translated(old: &Translations, new: &Translations, found: &mut Diff) {
    for language in old.keys().filter(|language| !new.contains_key(*language)) {
        let text = "It is gone: whoever reads it goes on in the survey's own language.";
        found.add(&At::of(format!("translation {language}")), Class::Wording, text);
    }
    for (language, texts) in new {
        let Some(before) = old.get(language) else {
            found.add(&At::of(format!("translation {language}")), Class::Wording, "It is new.");
            continue;
        };
        let keys: BTreeSet<&String> = before.keys().chain(texts.keys()).collect();
        for key in keys {
            let at = At::of(format!("translation {language}, {key}"));
            let old = before.get(key).map(String::as_str);
            let new = texts.get(key).map(String::as_str);
            found.note(&at, Class::Wording, text("It", old, new));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_accessibility_statement_says_is_wording() {
        let old = Accessibility { contact: Some("Us".to_string()), ..Accessibility::default() };
        let exceptions = vec!["The map".to_string(), "The film".to_string()];
        let new = Accessibility { contact: None, tested_on: Some(jiff::civil::date(2026, 10, 5)), exceptions };
        let mut found = Diff::default();
        stated(Some(&old), Some(&new), &mut found);
        let told: Vec<String> = found
            .changes
            .iter()
            .map(|change| format!("{} {}: {}", change.class.name(), change.what, change.text))
            .collect();
        assert_eq!(
            told,
            [
                "wording accessibility, contact: It is gone; it was “Us”.",
                "wording accessibility, tested_on: The day is new: 2026-10-05.",
                "wording accessibility, exceptions: It is new: “The map; The film”.",
            ]
        );
        let mut none = Diff::default();
        stated(None, Some(&Accessibility::default()), &mut none);
        assert!(none.changes.is_empty());
    }
}
