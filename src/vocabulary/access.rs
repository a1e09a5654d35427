//! What is said at the door of a consultation that is not open to everyone, in each language.

use serde::Serialize;

use super::{Notice, Phrase};

/// At the door of a consultation that is not open to everyone.
#[derive(Debug, Serialize)]
pub struct Access {
    /// By invitation.
    pub invitation: Door,
    /// By passphrase.
    pub passphrase: Door,
    /// By a link that is mailed: `domains` in the hint and the fault.
    pub address: Door,
    /// Heading where a link was mailed.
    pub mailed: &'static str,
    /// Under that heading.
    pub mailed_means: &'static str,
    /// Subject of the mail: `title`.
    pub subject: Phrase,
    /// The mail: `title`, `link`.
    pub mail: Phrase,
    /// No mail can be sent now.
    pub no_mail: Notice,
    /// Start page: heading of what follows.
    pub can_it_be_told: &'static str,
    /// Start page: what an invitation and a response have to do with one another.
    pub not_joined: &'static str,
    /// The last of several domains: `first`, `last`.
    pub or: Phrase,
    /// Overview: heading where someone cannot send yet.
    pub before_you_send: &'static str,
    /// The link to the door from there.
    pub to_the_door: &'static str,
    /// What was shown lets nobody in.
    pub refused: Notice,
    /// Answers were sent with this invitation.
    pub used: Notice,
    /// Heading over the copy of answers that were not sent.
    pub your_answers: &'static str,
    /// Under that heading.
    pub kept: &'static str,
    /// Too many wrong tries in a minute.
    pub too_many: Notice,
}

/// One way in.
#[derive(Debug, Serialize)]
pub struct Door {
    /// Heading over it.
    pub heading: &'static str,
    /// What to do.
    pub says: &'static str,
    /// Label of its field.
    pub label: &'static str,
    /// Hint of its field.
    pub hint: Phrase,
    /// Nothing was entered.
    pub missing: &'static str,
    /// What was entered lets nobody in.
    pub wrong: Phrase,
    /// Overview: what to do before sending.
    pub first: &'static str,
}

pub(super) const EN: Access = Access {
    invitation: Door {
        heading: "You need an invitation",
        says: "Open the link of your invitation, or enter its code here. Each invitation works for one person, once.",
        label: "The code of your invitation",
        hint: Phrase("It has 40 letters and digits. Spaces, hyphens and small letters make no difference."),
        missing: "Enter the code of your invitation",
        wrong: Phrase(
            "This invitation cannot be used. Check each letter; if you have sent answers with it, come back with their reference",
        ),
        first: "Open the link of your invitation in this browser, or enter its code on the start page. Your answers are kept until then.",
    },
    passphrase: Door {
        heading: "You need the passphrase",
        says: "Enter the passphrase that you were given with the address of this page.",
        label: "Passphrase",
        hint: Phrase("Capital and small letters make a difference."),
        missing: "Enter the passphrase",
        wrong: Phrase("This is not the passphrase. Check each letter"),
        first: "Enter the passphrase on the start page. Your answers are kept until then.",
    },
    address: Door {
        heading: "We send you a link",
        says: "Enter your email address. We send a link to it at once, and do not keep the address. Each address can answer once.",
        label: "Your email address",
        hint: Phrase("It must end in {domains}."),
        missing: "Enter your email address",
        wrong: Phrase("Enter an email address that ends in {domains}"),
        first: "Ask for a link on the start page, and open it in this browser. Your answers are kept until then.",
    },
    mailed: "Check your email",
    mailed_means: "We have sent a link to the address that you entered. It works for two hours: open it in the browser in which you want to answer. If answers have been sent from this address already, the link says so.\n\nIf nothing comes, look among unwanted mail, or go back and check the address.",
    subject: Phrase("Your link to “{title}”"),
    mail: Phrase(
        "Somebody, probably you, asked for a link to take part in “{title}”.\n\nIt works for two hours:\n\n{link}\n\nWe have not kept your address. If you did not ask for it, there is nothing to do.",
    ),
    no_mail: Notice {
        heading: "We cannot send a link now",
        what: "The mail with your link could not be sent. Nothing that was saved is lost.",
        next: "Wait a few minutes, go back and try again. If it goes on, tell the people who run the consultation.",
    },
    can_it_be_told: "Does your invitation tell whose answers they are?",
    not_joined: "No. Your invitation lets you answer once. We may keep a list of those who were invited, but no invitation, and nothing that we store says which one your answers came with.",
    or: Phrase("{first} or {last}"),
    before_you_send: "Before you send your answers",
    to_the_door: "Go to the start page",
    refused: Notice {
        heading: "This invitation cannot be used",
        what: "Part of the link or code may be missing, or answers have been sent with it already.",
        next: "Check it against what you were given. If you have sent answers, come back with the reference that you got.",
    },
    used: Notice {
        heading: "Your answers were not sent",
        what: "Answers have been sent with this invitation before, and each invitation works once.",
        next: "If you sent them, come back with the reference that you got, and change them.",
    },
    your_answers: "What you answered",
    kept: "This is a copy, so that nothing you wrote is lost.",
    too_many: Notice {
        heading: "Please wait a minute",
        what: "Too many codes or passphrases that are not right were entered from where you are.",
        next: "Wait a minute and try again. Nothing that was saved is lost.",
    },
};

pub(super) const CY: Access = Access {
    invitation: Door {
        heading: "Mae angen gwahoddiad arnoch",
        says: "Agorwch ddolen eich gwahoddiad, neu rhowch ei god yma. Mae pob gwahoddiad yn gweithio i un person, unwaith.",
        label: "Cod eich gwahoddiad",
        hint: Phrase(
            "Mae ganddo 40 o lythrennau a digidau. Nid yw bylchau, cysylltnodau na llythrennau bach yn gwneud gwahaniaeth.",
        ),
        missing: "Rhowch god eich gwahoddiad",
        wrong: Phrase(
            "Ni ellir defnyddio'r gwahoddiad hwn. Gwiriwch bob llythyren; os ydych wedi anfon atebion gydag ef, dewch yn ôl gyda'u cyfeirnod",
        ),
        first: "Agorwch ddolen eich gwahoddiad yn y porwr hwn, neu rhowch ei god ar y dudalen gychwyn. Cedwir eich atebion tan hynny.",
    },
    passphrase: Door {
        heading: "Mae angen y cyfrinymadrodd arnoch",
        says: "Rhowch y cyfrinymadrodd a gawsoch gyda chyfeiriad y dudalen hon.",
        label: "Cyfrinymadrodd",
        hint: Phrase("Mae priflythrennau a llythrennau bach yn gwneud gwahaniaeth."),
        missing: "Rhowch y cyfrinymadrodd",
        wrong: Phrase("Nid dyma'r cyfrinymadrodd. Gwiriwch bob llythyren"),
        first: "Rhowch y cyfrinymadrodd ar y dudalen gychwyn. Cedwir eich atebion tan hynny.",
    },
    address: Door {
        heading: "Rydym yn anfon dolen atoch",
        says: "Rhowch eich cyfeiriad e-bost. Rydym yn anfon dolen ato ar unwaith, ac nid ydym yn cadw'r cyfeiriad. Gall pob cyfeiriad ateb unwaith.",
        label: "Eich cyfeiriad e-bost",
        hint: Phrase("Rhaid iddo orffen gyda {domains}."),
        missing: "Rhowch eich cyfeiriad e-bost",
        wrong: Phrase("Rhowch gyfeiriad e-bost sy'n gorffen gyda {domains}"),
        first: "Gofynnwch am ddolen ar y dudalen gychwyn, a'i hagor yn y porwr hwn. Cedwir eich atebion tan hynny.",
    },
    mailed: "Gwiriwch eich e-bost",
    mailed_means: "Rydym wedi anfon dolen i'r cyfeiriad a roddwyd gennych. Mae'n gweithio am ddwy awr: agorwch hi yn y porwr rydych am ateb ynddo. Os anfonwyd atebion o'r cyfeiriad hwn eisoes, bydd y ddolen yn dweud hynny.\n\nOs na ddaw dim, edrychwch ymhlith y post diangen, neu ewch yn ôl i wirio'r cyfeiriad.",
    subject: Phrase("Eich dolen i “{title}”"),
    mail: Phrase(
        "Gofynnodd rhywun, chi yn ôl pob tebyg, am ddolen i gymryd rhan yn “{title}”.\n\nMae'n gweithio am ddwy awr:\n\n{link}\n\nNid ydym wedi cadw eich cyfeiriad. Os na wnaethoch ofyn amdani, nid oes dim i'w wneud.",
    ),
    no_mail: Notice {
        heading: "Ni allwn anfon dolen ar hyn o bryd",
        what: "Nid oedd modd anfon yr e-bost gyda'ch dolen. Nid oes dim a gadwyd wedi'i golli.",
        next: "Arhoswch ychydig funudau, ewch yn ôl a rhowch gynnig arall arni. Os bydd yn parhau, rhowch wybod i'r bobl sy'n rhedeg yr ymgynghoriad.",
    },
    can_it_be_told: "A yw eich gwahoddiad yn dweud atebion pwy ydyn nhw?",
    not_joined: "Nac ydy. Mae eich gwahoddiad yn gadael i chi ateb unwaith. Efallai y cadwn restr o'r rhai a gafodd wahoddiad, ond dim gwahoddiad, ac nid oes dim a gadwn yn dweud gyda pha un y daeth eich atebion.",
    or: Phrase("{first} neu {last}"),
    before_you_send: "Cyn i chi anfon eich atebion",
    to_the_door: "Ewch i'r dudalen gychwyn",
    refused: Notice {
        heading: "Ni ellir defnyddio'r gwahoddiad hwn",
        what: "Efallai fod rhan o'r ddolen neu'r cod ar goll, neu fod atebion eisoes wedi'u hanfon gydag ef.",
        next: "Cymharwch ef â'r hyn a gawsoch. Os ydych wedi anfon atebion, dewch yn ôl gyda'r cyfeirnod a gawsoch.",
    },
    used: Notice {
        heading: "Ni chafodd eich atebion eu hanfon",
        what: "Mae atebion wedi'u hanfon gyda'r gwahoddiad hwn o'r blaen, ac mae pob gwahoddiad yn gweithio unwaith.",
        next: "Os mai chi a'u hanfonodd, dewch yn ôl gyda'r cyfeirnod a gawsoch, a'u newid.",
    },
    your_answers: "Yr hyn a atebwyd gennych",
    kept: "Copi yw hwn, fel na chollir dim a ysgrifennwyd gennych.",
    too_many: Notice {
        heading: "Arhoswch funud",
        what: "Rhoddwyd gormod o godau neu gyfrinymadroddion anghywir o'r lle rydych chi.",
        next: "Arhoswch funud a rhowch gynnig arall arni. Nid oes dim a gadwyd wedi'i golli.",
    },
};
