//! What is said of mail that people ask for; what the mails say that invite people and remind them, where staff wrote nothing else, and the page that stops them.

use serde::Serialize;

use super::Phrase;

/// Mail to people who are invited. The texts of mails keep the places that staff may use as well.
#[derive(Debug, Serialize)]
pub struct Mailing {
    /// Subject of an invitation: `title`.
    pub invitation_subject: Phrase,
    /// Subject of a reminder: `title`.
    pub reminder_subject: Phrase,
    /// `name`.
    pub greeting: Phrase,
    /// What an invitation asks: `title`.
    pub invited: Phrase,
    /// What a reminder asks: `title`.
    pub reminded: Phrase,
    /// Before the person's own link.
    pub your_link: &'static str,
    /// The last day: `closes`.
    pub closes: Phrase,
    /// What the link is, and what it tells.
    pub own_link: &'static str,
    /// How to get no more: `unsubscribe`.
    pub stop: Phrase,
    /// Heading of the page that stops it.
    pub stop_heading: &'static str,
    /// Under that heading.
    pub stop_means: &'static str,
    /// Its button.
    pub stop_now: &'static str,
    /// The way back from there.
    pub keep: &'static str,
    /// Heading once it is stopped.
    pub stopped: &'static str,
    /// Under that heading.
    pub stopped_means: &'static str,
}

/// Links and copies by e-mail: what pages say of them, and what stands in them.
#[derive(Debug, Serialize)]
pub struct Mail {
    /// Saved page: the heading over the form.
    pub link_heading: &'static str,
    /// What becomes of the address, and who can use the link.
    pub link_says: &'static str,
    /// The button.
    pub send_link: &'static str,
    /// Once it is sent.
    pub link_sent: &'static str,
    /// Where it could not be sent.
    pub link_failed: &'static str,
    /// Receipt: the heading over the form.
    pub copy_heading: &'static str,
    /// What becomes of the address, and what is in the copy.
    pub copy_says: &'static str,
    /// The button.
    pub send_copy: &'static str,
    /// Once it is sent.
    pub copy_sent: &'static str,
    /// Where it could not be sent.
    pub copy_failed: &'static str,
    /// Label of the field.
    pub address: &'static str,
    /// Nothing was entered.
    pub address_missing: &'static str,
    /// Enough were sent for now.
    pub too_many: &'static str,
    /// Subject of the mail with the link: `title`.
    pub link_subject: Phrase,
    /// What it is.
    pub link_lead: &'static str,
    /// Where drafts are deleted by age.
    pub link_deleted: &'static str,
    /// Subject of the mail with the copy: `title`.
    pub copy_subject: Phrase,
    /// What it is.
    pub copy_lead: &'static str,
    /// When the consultation closes: `closes`.
    pub copy_closes: Phrase,
    /// To someone who did not ask for it.
    pub unasked: &'static str,
}

pub(super) const EN: Mailing = Mailing {
    invitation_subject: Phrase("You are invited: {title}"),
    reminder_subject: Phrase("A reminder: {title}"),
    greeting: Phrase("Hello {name},"),
    invited: Phrase("You are invited to take part in this consultation: {title}"),
    reminded: Phrase(
        "We invited you to take part in this consultation, and have no answers that came with your invitation yet: {title}",
    ),
    your_link: "Open your own link to take part:",
    closes: Phrase("You can answer until {closes}."),
    own_link: "The link is for you alone and works until you have sent your answers. Your answers are stored without your name and your address.",
    stop: Phrase("If you want no more emails about this consultation, open this link:\n{unsubscribe}"),
    stop_heading: "Stop emails about this consultation",
    stop_means: "We will send no more invitations or reminders to your address. An invitation that you have goes on working.",
    stop_now: "Stop these emails",
    keep: "Go to the consultation",
    stopped: "You will get no more of these emails",
    stopped_means: "We will send no more invitations or reminders about this consultation to your address. A message that is on its way may still come.",
};

pub(super) const CY: Mailing = Mailing {
    invitation_subject: Phrase("Gwahoddiad i chi: {title}"),
    reminder_subject: Phrase("Nodyn atgoffa: {title}"),
    greeting: Phrase("Helo {name},"),
    invited: Phrase("Rydych chi'n cael gwahoddiad i gymryd rhan yn yr ymgynghoriad hwn: {title}"),
    reminded: Phrase(
        "Rydyn ni wedi eich gwahodd i gymryd rhan yn yr ymgynghoriad hwn, ac nid oes atebion wedi dod gyda'ch gwahoddiad hyd yma: {title}",
    ),
    your_link: "Agorwch eich dolen eich hun i gymryd rhan:",
    closes: Phrase("Gallwch ateb tan {closes}."),
    own_link: "Mae'r ddolen i chi yn unig ac mae'n gweithio nes i chi anfon eich atebion. Caiff eich atebion eu cadw heb eich enw a heb eich cyfeiriad.",
    stop: Phrase(
        "Os nad ydych am gael rhagor o negeseuon am yr ymgynghoriad hwn, agorwch y ddolen hon:\n{unsubscribe}",
    ),
    stop_heading: "Atal negeseuon e-bost am yr ymgynghoriad hwn",
    stop_means: "Ni fyddwn yn anfon rhagor o wahoddiadau na nodiadau atgoffa i'ch cyfeiriad. Bydd gwahoddiad sydd gennych yn dal i weithio.",
    stop_now: "Atal y negeseuon hyn",
    keep: "Ewch i'r ymgynghoriad",
    stopped: "Ni chewch ragor o'r negeseuon hyn",
    stopped_means: "Ni fyddwn yn anfon rhagor o wahoddiadau na nodiadau atgoffa am yr ymgynghoriad hwn i'ch cyfeiriad. Gall neges sydd ar ei ffordd ddod o hyd.",
};
