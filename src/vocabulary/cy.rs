//! Welsh, in formal and plain wording: where there is one, that of the Welsh pages of GOV.UK and of the census.
//!
//! Sentences are built so that what is put into a place needs no mutation. A native reader has yet to go over it.

use super::text::{Phrase, welsh};
use super::{Dates, Faults, Form, Info, Labels, Notice, Pages, Problems, Words};

pub(super) static WORDS: Words = Words {
    language: "cy",
    labels: Labels {
        skip_link: "Neidio i'r prif gynnwys",
        back: "Yn ôl",
        support_links: "Dolenni cymorth",
        there_is_a_problem: "Mae problem",
        error: "Gwall:",
        information: "Gwybodaeth:",
        optional: "(dewisol)",
        go_on: "Parhau",
        save_for_later: "Cadw a dod yn ôl yn nes ymlaen",
        start_now: "Dechrau nawr",
        already_started: "Wedi dechrau eisoes?",
        continue_where_you_stopped: "Parhau o'r man lle gwnaethoch stopio",
        saved: "Mae eich atebion wedi'u cadw",
        saved_lead: "Gallwch ddod yn ôl a gorffen yn nes ymlaen. Y ddolen hon yw'r unig ffordd yn ôl at eich atebion, felly cadwch gopi ohoni.",
        your_link: "Eich dolen:",
        keep_the_link_safe: "Cadwch y ddolen yn ddiogel",
        copy_the_link: "Copïwch y ddolen, ysgrifennwch hi i lawr neu rhowch nod tudalen arni.",
        do_not_share: "Gall unrhyw un sydd â'r ddolen weld a newid eich atebion, felly peidiwch â'i rhannu.",
        saved_is_not_sent: "Ni chaiff eich atebion eu hanfon nes i chi ddewis “Anfon eich atebion” ar y diwedd.",
        continue_now: "Parhau â'r arolwg nawr",
        check_your_answers: "Gwiriwch eich atebion",
        check_lead: "Ni chaiff unrhyw beth ei anfon nes i chi ddewis “Anfon eich atebion” ar ddiwedd y dudalen hon.",
        not_provided: "Heb ei ddarparu",
        change: "Newid",
        send: "Anfon eich atebion",
        your_reference: "Eich cyfeirnod",
        what_happens_next: "Beth sy'n digwydd nesaf",
        see_a_copy: "Gweld copi o'ch atebion i'w argraffu neu ei gadw",
        if_you_need_help: "Os oes angen help arnoch",
        quote_this: "Os byddwch yn cysylltu â ni am y broblem hon, dyfynnwch",
    },
    pages: Pages {
        faulty_title: Phrase("Gwall: {title}"),
        who_asks: "Pwy sy'n gofyn",
        how_long: "Faint o amser y mae'n ei gymryd",
        minutes: welsh(
            "Tua {n} munud. Gallwch stopio ar unrhyw adeg a dod yn ôl yn nes ymlaen, ar y ddyfais hon neu ar un arall.",
        )
        .two(
            "Tua {n} funud. Gallwch stopio ar unrhyw adeg a dod yn ôl yn nes ymlaen, ar y ddyfais hon neu ar un arall.",
        ),
        when_it_closes: "Pryd mae'n cau",
        can_anyone_tell: "A all unrhyw un ddweud mai chi a roddodd yr atebion?",
        nobody_can_tell: "Na all. Nid ydym yn gofyn am eich enw, ac nid ydym yn cadw eich cyfeiriad, eich dyfais na'r amser y gwnaethoch ateb: dim ond y diwrnod. Peidiwch ag ysgrifennu unrhyw beth yn eich geiriau eich hun a allai ddangos pwy ydych chi neu pwy yw rhywun arall.",
        if_you_do_not_finish: "Os na fyddwch yn gorffen",
        unfinished_counts: "Caiff yr hyn y gwnaethoch ei ateb hyd at hynny ei gyfrif pan fydd yr ymgynghoriad yn cau, heb eich manylion cyswllt.",
        what_happens_to_answers: "Beth sy'n digwydd i'ch atebion",
        other_languages: "Ieithoedd eraill",
        link_expires: Phrase("Mae'n gweithio nes i'r ymgynghoriad gau: {closes}."),
        declaration: "Ar ôl eu hanfon, caiff eich atebion eu cadw heb eich enw. Byddwch yn cael derbynneb â chyfeirnod.",
        sent: "Atebion wedi'u hanfon",
        sent_next: "Mae eich atebion wedi'u storio. Pan fydd yr ymgynghoriad wedi cau, cânt eu cyfrif ynghyd ag atebion pawb arall, a chyhoeddir crynodeb.\n\nCadwch y cyfeirnod: dyma'r unig beth a all ddangos pa atebion yw eich rhai chi, ac nid ydym yn ei gadw ein hunain.",
        thank_you: "Diolch",
        closed: Phrase("Nid yw “{title}” yn derbyn rhagor o atebion. Diolch i bawb a gymerodd ran."),
        see_open: "Gweld yr ymgynghoriadau sydd ar agor",
    },
    form: Form {
        select_one: "Dewiswch un opsiwn",
        select_all: "Dewiswch bob un sy'n berthnasol",
        select_up_to: Phrase("Dewiswch hyd at {max}"),
        select_an_option: "Dewiswch opsiwn",
        or: "neu",
        say_what: Phrase("Os “{option}”, nodwch beth"),
        your_consent: "Eich cydsyniad",
        agreed: "Ydw",
        up_to_characters: welsh("Gallwch roi hyd at {n} nod"),
        not_ranked: "Heb ei osod mewn trefn",
        points: "pwyntiau",
        given_points: welsh("{n} pwynt").two("{n} bwynt").three_and_six("{n} phwynt"),
        points_to_share: welsh("Mae gennych {n} pwynt i'w rhannu.")
            .two("Mae gennych {n} bwynt i'w rhannu.")
            .three_and_six("Mae gennych {n} phwynt i'w rhannu."),
        points_to_share_by_step: welsh("Mae gennych {n} pwynt i'w rhannu, mewn lluosrifau o {step}.")
            .two("Mae gennych {n} bwynt i'w rhannu, mewn lluosrifau o {step}.")
            .three_and_six("Mae gennych {n} phwynt i'w rhannu, mewn lluosrifau o {step}."),
        points_left: Phrase("Pwyntiau a rannwyd: {sum} o {total}, gyda {left} ar ôl."),
        points_over: Phrase("Pwyntiau a rannwyd: {sum} o {total}, sef {over} yn ormod."),
        entry: "cofnod",
        numbered: Phrase("{name} {number}"),
        add_another: Phrase("Ychwanegu {name} arall"),
        remove: Phrase("Dileu {name} {number}"),
        your_idea: "Eich syniad",
        your_idea_number: Phrase("Eich syniad {number}"),
        what_of_these_ideas: "Beth yw eich barn am y syniadau hyn?",
        votes: ["Cytuno", "Anghytuno", "Pasio neu ddim yn siŵr"],
        yes: "ie",
        no: "nage",
    },
    faults: Faults {
        not_selected: Phrase("Dewiswch ateb i “{about}”"),
        not_entered: Phrase("Rhowch ateb i “{about}”"),
        not_agreed: Phrase("Ticiwch y blwch os ydych yn cytuno: “{about}”"),
        not_offered: Phrase("Dewiswch un o'r opsiynau a gynigir ar gyfer “{about}”"),
        other_not_entered: Phrase("Nodwch beth rydych yn ei olygu wrth “{option}”"),
        other_not_chosen: Phrase("Dewiswch “{option}”, neu ddileu'r hyn a ysgrifennwyd wrth ei ymyl"),
        too_few: Phrase("Dewiswch o leiaf {min} ar gyfer “{about}”"),
        too_many: Phrase("Peidiwch â dewis mwy na {max} ar gyfer “{about}”"),
        exclusive: Phrase("Dewiswch “{other}” neu dewiswch “{exclusive}”, nid y ddau"),
        too_long: welsh("Rhaid i “{about}” fod yn {n} nod neu lai"),
        too_short: welsh("Rhaid i “{about}” fod yn {n} nod neu fwy"),
        not_the_pattern: Phrase("Rhowch “{about}” yn y fformat y gofynnir amdano"),
        not_a_multiple: Phrase("Rhaid i “{about}” fod yn lluosrif o {step}"),
        not_on_step: Phrase("Rhaid i “{about}” godi o {from} fesul {step}"),
        too_early: Phrase("Rhaid i “{about}” fod ar {day} neu ar ôl hynny"),
        too_late: Phrase("Rhaid i “{about}” fod ar {day} neu cyn hynny"),
        no_entry: Phrase("Ychwanegwch o leiaf un o'r canlynol at “{about}”: {name}"),
        too_few_entries: Phrase("Ychwanegwch o leiaf {min} o'r canlynol at “{about}”: {name}"),
        not_a_number: Phrase("Rhaid i “{about}” fod yn rhif, fel 10"),
        not_whole: Phrase("Rhaid i “{about}” fod yn rhif cyfan, fel 10"),
        too_precise: welsh("Ni all “{about}” fod â mwy na {n} lle degol")
            .two("Ni all “{about}” fod â mwy na {n} le degol"),
        below_min: Phrase("Rhaid i “{about}” fod yn {min} neu fwy"),
        above_max: Phrase("Rhaid i “{about}” fod yn {max} neu lai"),
        date_incomplete: Phrase("Rhaid i “{about}” gynnwys {parts}"),
        not_a_date: Phrase("Rhaid i “{about}” fod yn ddyddiad go iawn"),
        not_an_email: "Rhowch gyfeiriad e-bost yn y fformat cywir, fel enw@example.com",
        same_rank: Phrase("Rhowch safle {place} i un eitem yn unig: mae “{about}” yn ei rannu ag un arall"),
        rank_gap: Phrase("Rhowch safle {place} i eitem: mae ar goll yn “{about}”"),
        too_few_rated: Phrase("Dewiswch ateb ar gyfer o leiaf {min} yn “{about}”"),
        points_over: Phrase(
            "Rhaid i'r pwyntiau ddod i gyfanswm o {total}: rydych wedi rhoi {sum}, sef {over} yn ormod",
        ),
        points_under: Phrase(
            "Rhaid i'r pwyntiau ddod i gyfanswm o {total}: rydych wedi rhoi {sum}, felly mae {left} ar ôl i'w rhoi",
        ),
        not_a_step: Phrase("Rhaid i'r pwyntiau ar gyfer “{about}” fod yn lluosrif o {step}, fel {example}"),
        if_it_is_right: Phrase("{message} Os yw'n gywir, parhewch."),
    },
    dates: Dates {
        months: [
            "Ionawr",
            "Chwefror",
            "Mawrth",
            "Ebrill",
            "Mai",
            "Mehefin",
            "Gorffennaf",
            "Awst",
            "Medi",
            "Hydref",
            "Tachwedd",
            "Rhagfyr",
        ],
        date: Phrase("{day} {month} {year}"),
        moment: Phrase("{date} am {time} ({zone})"),
        labels: ["Diwrnod", "Mis", "Blwyddyn"],
        parts: ["diwrnod", "mis", "blwyddyn"],
        and: Phrase("{first} a {last}"),
    },
    problems: Problems {
        go_to_start: "Mynd i ddechrau'r ymgynghoriad",
        not_found: Notice {
            heading: "Heb ddod o hyd i'r dudalen",
            what: "Nid oes tudalen yn y cyfeiriad hwn.",
            next: "Gwiriwch y cyfeiriad: os gwnaethoch ei deipio, efallai fod camgymeriad ynddo; os gwnaethoch ei gopïo, efallai fod rhan ohono ar goll.",
        },
        wrong_method: Notice {
            heading: "Heb ddod o hyd i'r dudalen",
            what: "Ni ellir defnyddio'r cyfeiriad hwn yn y ffordd hon.",
            next: "Ewch i ddechrau'r ymgynghoriad.",
        },
        forged: Notice {
            heading: "Ni chafodd unrhyw beth ei gadw",
            what: "Ni chafodd y ffurflen hon ei hanfon o'n tudalen ein hunain, felly ni newidiwyd unrhyw beth.",
            next: "Ewch yn ôl i'r dudalen a'i hanfon eto oddi yno.",
        },
        internal: Notice {
            heading: "Mae'n ddrwg gennym, mae problem wedi codi",
            what: "Aeth rhywbeth o'i le ar ein hochr ni.",
            next: "Ewch yn ôl a rhowch gynnig arall arni. Os bydd yn parhau, rhowch wybod i ni gan nodi'r cyfeirnod isod.",
        },
        busy: Notice {
            heading: "Rhowch gynnig arall arni ymhen munud",
            what: "Ni allwn gadw unrhyw beth ar hyn o bryd. Nid oes unrhyw beth a gadwyd o'r blaen wedi'i golli.",
            next: "Arhoswch funud, ewch yn ôl yn eich porwr (mae'r hyn y gwnaethoch ei deipio yno o hyd) a'i anfon eto.",
        },
        closed: Notice {
            heading: "Mae'r ymgynghoriad hwn wedi cau",
            what: "Nid yw'n derbyn rhagor o atebion.",
            next: "Chwiliwch am ei ganlyniad yn y man lle daethoch o hyd i'r ymgynghoriad.",
        },
        not_open_yet: Notice {
            heading: "Nid yw'r ymgynghoriad hwn wedi agor eto",
            what: "Nid yw'n derbyn atebion eto.",
            next: "Dewch yn ôl pan fydd yn agor.",
        },
        no_draft: Notice {
            heading: "Ni allwn ddod o hyd i'ch atebion",
            what: "Nid oes gennym atebion ar y gweill ar gyfer y porwr hwn. Efallai eu bod wedi'u hanfon, neu eu bod wedi'u dileu ar ôl yr amser yr ydym yn eu cadw, neu fod eich porwr yn gwrthod cwcis.",
            next: "Dechreuwch eto, neu defnyddiwch y ddolen a roddwyd i chi er mwyn dod yn ôl.",
        },
        already_sent: Notice {
            heading: "Mae eich atebion wedi'u hanfon",
            what: "Gwnaethoch anfon yr atebion hyn o'r blaen.",
            next: "Nid oes dim mwy i'w wneud.",
        },
        incomplete: Notice {
            heading: "Mae angen ateb i rai cwestiynau o hyd",
            what: "Nid oes unrhyw beth wedi'i anfon eto.",
            next: "Atebwch y cwestiynau sydd wedi'u marcio.",
        },
        form_too_large: Notice {
            heading: "Ni chafodd unrhyw beth ei gadw",
            what: "Roedd y dudalen yn fwy nag y gallwn ei derbyn, felly ni chafodd dim ohoni ei gadw.",
            next: "Ewch yn ôl yn eich porwr, byrhewch yr hyn y gwnaethoch ei deipio a'i anfon eto.",
        },
        no_form: Notice {
            heading: "Ni chafodd unrhyw beth ei gadw",
            what: "Nid un o'n ffurflenni ni a gyrhaeddodd, felly ni chafodd unrhyw beth ei gadw.",
            next: "Ewch yn ôl yn eich porwr, byrhewch yr hyn y gwnaethoch ei deipio a'i anfon eto.",
        },
    },
    info: Info {
        accessibility: "Hygyrchedd",
        accessibility_statement: "Datganiad hygyrchedd",
        accessibility_text: "Mae'r gwasanaeth hwn wedi'i wneud i fodloni'r Canllawiau Hygyrchedd Cynnwys Gwe, fersiwn 2.2, lefel AA. \
Mae'n gweithio gyda bysellfwrdd, heb JavaScript, ar led o 320 picsel a chyda thestun wedi'i chwyddo i 400%.\n\n\
### Sut y cafodd ei brofi\n\n\
Mae pob math o dudalen yn cael ei brofi'n awtomatig yn Chromium gydag axe-core. \
Nid yw wedi'i brofi eto gan bobl sy'n defnyddio darllenwyr sgrin neu dechnoleg gynorthwyol arall.\n\n\
### Os nad yw rhywbeth yn gweithio i chi\n\n\
Rhowch wybod i'r bobl sy'n cynnal yr ymgynghoriad: mae eu cyfeiriad ar ei dudalen gyntaf. Gallant anfon y cwestiynau atoch mewn ffurf arall.",
        cookies: "Cwcis",
        cookies_text: "Dim ond cwcis na all y gwasanaeth weithio hebddynt yr ydym yn eu defnyddio. \
Maent yn cynnwys cyfrinach ar hap, neu'r iaith a ddewiswyd gennych, a dim byd arall amdanoch chi.\n\n\
- `canvass-` ac yna enw'r ymgynghoriad: yn cadw eich atebion sydd ar y gweill gyda'i gilydd. Mae'n para 30 diwrnod.\n\
- `canvass-language`: yn cadw'r ymgynghoriad yn yr iaith a ddewiswyd gennych. Mae'n para 30 diwrnod.\n\
- `canvass-staff`: yn cadw staff y rhaglen wedi'u mewngofnodi. Mae'n para 12 awr.",
        privacy: "Preifatrwydd",
        no_privacy_notice: "Nid yw'r bobl sy'n cynnal yr ymgynghoriad hwn wedi cyhoeddi hysbysiad preifatrwydd.",
        open_consultations: "Ymgynghoriadau agored",
        none_open: "Nid oes unrhyw ymgynghoriad ar agor ar hyn o bryd.",
    },
};
