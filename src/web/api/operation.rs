//! What stands at the addresses of the API: what it needs, what it gives, and what its document says of it.

use crate::service::responses::Format;
use crate::service::token::Scope;

/// What stands at one address, to be read with GET or HEAD.
#[derive(Debug)]
pub(in crate::web) struct Operation {
    /// Its name for programs that are made from the document.
    pub(super) id: &'static str,
    /// What must be shown to read it.
    pub(super) needs: Needs,
    /// What it does.
    pub(super) act: Act,
    /// What is sent.
    pub(super) media: &'static str,
    /// One line of what it gives.
    pub(super) summary: &'static str,
    /// What else is to be said of it.
    pub(super) says: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    /// Nothing.
    Nothing,
    /// Any token that works.
    Token,
    /// A token with this scope.
    Scope(Scope),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Document,
    ReportSchema,
    Surveys,
    Survey,
    Definition,
    Versions,
    Version,
    /// A file that the staff pages and the command line give too, by its name there.
    Made(&'static str),
    Page,
    Responses(Format),
}

impl Act {
    /// The parameters that it takes in the query.
    pub(super) fn parameters(self) -> &'static [&'static str] {
        if self == Self::Page { &["limit", "after"] } else { &[] }
    }

    /// The name of the file that it gives, if it gives one.
    pub(super) fn file(self) -> Option<&'static str> {
        match self {
            Self::Made(file) => Some(file),
            Self::Responses(format) => Some(format.file()),
            _ => None,
        }
    }

    /// What its JSON is called in the document, or where its schema is.
    pub(super) fn schema(self) -> Option<&'static str> {
        match self {
            Self::Surveys => Some("Consultations"),
            Self::Survey => Some("Consultation"),
            Self::Definition | Self::Version => Some("Definition"),
            Self::Versions => Some("Versions"),
            Self::Made("report.json") => Some(REPORT_SCHEMA),
            Self::Page => Some("ResponsePage"),
            _ => None,
        }
    }
}

/// Where the schema of reports is, beside the document: at its address, and in docs/.
pub(super) const REPORT_SCHEMA: &str = "report.schema.json";

const JSON: &str = "application/json";
const CSV: &str = "text/csv; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";

pub(in crate::web) const DOCUMENT: Operation = Operation {
    id: "getDocument",
    needs: Needs::Nothing,
    act: Act::Document,
    media: JSON,
    summary: "This document",
    says: "",
};

pub(in crate::web) const REPORT_SCHEMA_FILE: Operation = Operation {
    id: "getReportSchema",
    needs: Needs::Nothing,
    act: Act::ReportSchema,
    media: "application/schema+json",
    summary: "The JSON Schema of reports",
    says: "",
};

pub(in crate::web) const SURVEYS: Operation = Operation {
    id: "listConsultations",
    needs: Needs::Token,
    act: Act::Surveys,
    media: JSON,
    summary: "The consultations that the token may read, with their progress",
    says: "By id. The numbers can be a little late: counting them anew takes at most a twentieth of the database's time.",
};

pub(in crate::web) const SURVEY: Operation = Operation {
    id: "getConsultation",
    needs: Needs::Token,
    act: Act::Survey,
    media: JSON,
    summary: "One consultation with its progress",
    says: "",
};

pub(in crate::web) const DEFINITION: Operation = Operation {
    id: "getDefinition",
    needs: Needs::Scope(Scope::Definition),
    act: Act::Definition,
    media: JSON,
    summary: "The current definition, to the byte as it was published",
    says: "",
};

pub(in crate::web) const VERSIONS: Operation = Operation {
    id: "listVersions",
    needs: Needs::Scope(Scope::Definition),
    act: Act::Versions,
    media: JSON,
    summary: "The published versions, from the first",
    says: "",
};

pub(in crate::web) const VERSION: Operation = Operation {
    id: "getVersion",
    needs: Needs::Scope(Scope::Definition),
    act: Act::Version,
    media: JSON,
    summary: "The definition of one version, to the byte as it was published",
    says: "It never changes.",
};

pub(in crate::web) const CODEBOOK_CSV: Operation = Operation {
    id: "getCodebookCsv",
    needs: Needs::Scope(Scope::Definition),
    act: Act::Made("codebook.csv"),
    media: CSV,
    summary: "What the columns of the responses mean, as a table",
    says: "",
};

pub(in crate::web) const CODEBOOK_XML: Operation = Operation {
    id: "getCodebookXml",
    needs: Needs::Scope(Scope::Definition),
    act: Act::Made("codebook.xml"),
    media: "application/xml",
    summary: "The same for data archives, as DDI-Codebook 2.5",
    says: "",
};

pub(in crate::web) const CODEBOOK_HTML: Operation = Operation {
    id: "getCodebookHtml",
    needs: Needs::Scope(Scope::Definition),
    act: Act::Made("codebook.html"),
    media: HTML,
    summary: "The same to read and to print",
    says: "",
};

pub(in crate::web) const REPORT: Operation = Operation {
    id: "getReport",
    needs: Needs::Scope(Scope::Report),
    act: Act::Made("report.json"),
    media: JSON,
    summary: "The consensus summary as data, made when it is asked for",
    says: "Counts of few people are withheld in it.",
};

pub(in crate::web) const REPORT_HTML: Operation = Operation {
    id: "getReportHtml",
    needs: Needs::Scope(Scope::Report),
    act: Act::Made("report.html"),
    media: HTML,
    summary: "The consensus summary to read and to print",
    says: "",
};

pub(in crate::web) const CROSSTABS: Operation = Operation {
    id: "getCrosstabs",
    needs: Needs::Scope(Scope::Report),
    act: Act::Made("crosstabs.csv"),
    media: CSV,
    summary: "The answers to closed questions by respondent group",
    says: "Counts of few people are withheld. Without respondent groups it has the names of its columns alone.",
};

pub(in crate::web) const MENTIONS: Operation = Operation {
    id: "getMentions",
    needs: Needs::Scope(Scope::Report),
    act: Act::Made("mentions.csv"),
    media: CSV,
    summary: "Which interventions people write about without being asked, by theme; not votes",
    says: "Without interventions and themes it has the names of its columns alone.",
};

pub(in crate::web) const OPINIONS: Operation = Operation {
    id: "getOpinions",
    needs: Needs::Scope(Scope::Report),
    act: Act::Made("opinions.csv"),
    media: CSV,
    summary: "How each opinion group votes on each statement",
    says: "Without opinion groups it has the names of its columns alone.",
};

pub(in crate::web) const IDEAS: Operation = Operation {
    id: "getIdeas",
    needs: Needs::Scope(Scope::Responses),
    act: Act::Made("ideas.csv"),
    media: CSV,
    summary: "The ideas of the idea walls, with their votes and what became of them",
    says: "With every text as it was written, also those that staff have hidden.",
};

pub(in crate::web) const MODERATION: Operation = Operation {
    id: "getModeration",
    needs: Needs::Scope(Scope::Responses),
    act: Act::Made("moderation.csv"),
    media: CSV,
    summary: "What staff did with ideas and comments, when and why",
    says: "",
};

pub(in crate::web) const RESPONSES: Operation = Operation {
    id: "listResponses",
    needs: Needs::Scope(Scope::Responses),
    act: Act::Page,
    media: JSON,
    summary: "The responses, a page at a time",
    says: "By id, which is random and says nothing of who came when. Going on from each page to its `next` gives every \
           response once that is there all the while, whatever comes or goes meanwhile.",
};

pub(in crate::web) const RESPONSES_CSV: Operation =
    responses("getResponsesCsv", Format::Csv, "The responses as a table for any program");
pub(in crate::web) const RESPONSES_JSONL: Operation =
    responses("getResponsesJsonl", Format::JsonLines, "The responses as JSON, a line each");
pub(in crate::web) const RESPONSES_XLSX: Operation =
    responses("getResponsesXlsx", Format::Xlsx, "The responses as a workbook: codes, labels, codebook and notes");
pub(in crate::web) const RESPONSES_SAV: Operation =
    responses("getResponsesSav", Format::Sav, "The responses for SPSS and PSPP");
pub(in crate::web) const RESPONSES_R: Operation =
    responses("getResponsesR", Format::R, "A script for R that reads responses.csv");
pub(in crate::web) const RESPONSES_PARQUET: Operation =
    responses("getResponsesParquet", Format::Parquet, "The responses in columns with types");
pub(in crate::web) const RESPONSES_FHIR: Operation =
    responses("getResponsesFhir", Format::Fhir, "The responses as FHIR R4 QuestionnaireResponses, a line each");

const fn responses(id: &'static str, format: Format, summary: &'static str) -> Operation {
    Operation {
        id,
        needs: Needs::Scope(Scope::Responses),
        act: Act::Responses(format),
        media: format.media_type(),
        summary,
        says: "Sent while it is made, and of one moment. If the connection ends before the body does, the file is not whole.",
    }
}
