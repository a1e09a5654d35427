//! The document that describes the API to programs: `OpenAPI` 3.1, made from the table of addresses and from the types.

use schemars::generate::SchemaSettings;
use schemars::schema_for;
use serde_json::{Map, Value, json};

use super::operation::{Act, Needs, Operation, REPORT_SCHEMA};
use super::{MOST, USUAL, shape};
use crate::analysis::report::Report;
use crate::service::token::PREFIX;
use crate::web::API;

const ABOUT: &str = "\
What programs read of the consultations of a Canvass service: definitions, codebooks, reports with their tables, and responses \
in every format that staff can take away. Nothing can be changed by it, and no contact details are in it.\n\n\
Show a token in the header `Authorization: Bearer TOKEN`; no address takes one. A token is made by those who run the service \
with `canvass token add`, for one consultation or all, and for some of the scopes `definition`, `report` and `responses`.\n\n\
Days are `YYYY-MM-DD` and instants `YYYY-MM-DDThh:mm:ssZ`, both in UTC. Every failure is `application/problem+json` \
(RFC 9457) with `detail` and `advice`. Answers may not be kept by caches; a body that is not sent while it is made has an \
`ETag`, and `If-None-Match` is answered with 304.";

/// The document, as `/api/v1/openapi.json` sends it.
pub fn openapi() -> Value {
    let mut paths = Map::new();
    for (path, operation) in API {
        paths.insert(path.to_string(), place(path, operation));
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Canvass",
            "version": "1",
            "description": ABOUT,
            "license": { "name": "Apache License 2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "securitySchemes": { "token": {
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": format!("{PREFIX} and 26 letters and digits"),
                "description": "Made with `canvass token add`.",
            }},
            "parameters": parameters(),
            "responses": problems(),
            "schemas": schemas(),
        },
    })
}

/// The schema of reports, as docs/report.schema.json has it; the document refers to it by the last part of its address.
pub(super) fn report_schema() -> Value {
    schema_for!(Report).to_value()
}

fn place(path: &str, operation: &Operation) -> Value {
    let in_path = ["survey", "version"].into_iter().filter(|name| path.contains(&format!("{{{name}}}")));
    let named = in_path.chain(operation.act.parameters().iter().copied());
    let shared: Vec<Value> = named.map(|name| reference("parameters", name)).collect();
    let mut place = Map::new();
    if !shared.is_empty() {
        place.insert("parameters".to_string(), shared.into());
    }
    place.insert("get".to_string(), method(path, operation, false));
    place.insert("head".to_string(), method(path, operation, true));
    place.into()
}

/// A method of an address; that of HEAD sends no body.
fn method(path: &str, operation: &Operation, is_head: bool) -> Value {
    let needs = operation.needs;
    let is_streamed = matches!(operation.act, Act::Responses(_));
    let mut answers = vec![("200", done(operation, is_head))];
    if !is_streamed {
        answers.push(("304", json!({ "description": "What the program has is still so." })));
    }
    let problems = [
        ("400", "BadParameter", true),
        ("401", "WrongToken", needs != Needs::Nothing),
        ("403", "MissingScope", matches!(needs, Needs::Scope(_))),
        ("404", "NotThere", path.contains('{')),
        ("409", "Refused", is_streamed),
        ("429", "TooManyWrongTokens", needs != Needs::Nothing),
        ("500", "Failed", true),
        ("503", "Busy", true),
    ];
    let happen = problems.into_iter().filter(|(_, _, happens)| *happens);
    answers.extend(happen.map(|(status, name, _)| (status, reference("responses", name))));
    let security = match needs {
        Needs::Nothing => json!([]),
        Needs::Token => json!([{ "token": [] }]),
        Needs::Scope(scope) => json!([{ "token": [scope.as_str()] }]),
    };
    let parameters = if is_streamed { json!([]) } else { json!([reference("parameters", "known")]) };
    json!({
        "operationId": if is_head { format!("{}Head", operation.id) } else { operation.id.to_string() },
        "summary": operation.summary,
        "description": if is_head { "The headers alone." } else { operation.says },
        "parameters": parameters,
        "security": security,
        "responses": answers.into_iter().map(|(status, answer)| (status.to_string(), answer)).collect::<Map<_, _>>(),
    })
}

/// What is sent when nothing goes wrong.
fn done(operation: &Operation, is_head: bool) -> Value {
    if is_head {
        return json!({ "description": operation.summary });
    }
    let (media, _) = operation.media.split_once(';').unwrap_or((operation.media, ""));
    let schema = operation.act.schema().map(|name| match name {
        REPORT_SCHEMA => json!({ "$ref": name }),
        _ => reference("schemas", name),
    });
    let content = schema.map_or_else(|| json!({}), |schema| json!({ "schema": schema }));
    json!({ "description": operation.summary, "content": { media: content } })
}

fn reference(kind: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}

fn parameters() -> Value {
    json!({
        "survey": {
            "name": "survey", "in": "path", "required": true,
            "description": "The consultation's id, as /api/v1/surveys has it.",
            "schema": { "type": "string", "minLength": 1 },
        },
        "version": {
            "name": "version", "in": "path", "required": true,
            "description": "The version's number.",
            "schema": { "type": "integer", "minimum": 1, "maximum": i32::MAX },
        },
        "limit": {
            "name": "limit", "in": "query",
            "description": "Most responses on the page.",
            "schema": { "type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL },
        },
        "after": {
            "name": "after", "in": "query",
            "description": "What the page before has as `next`; the first page if not given.",
            "schema": { "type": "string", "pattern": "^[0-9a-f]{32}$" },
        },
        "known": {
            "name": "If-None-Match", "in": "header",
            "description": "The `ETag` of what the program has.",
            "schema": { "type": "string" },
        },
    })
}

fn problems() -> Value {
    let problem = |description: &str, headers: Value| {
        json!({
            "description": description,
            "headers": headers,
            "content": { "application/problem+json": { "schema": reference("schemas", "Problem") } },
        })
    };
    let with = |description: &str, header: &str, says: &str| {
        problem(description, json!({ header: { "description": says, "schema": { "type": "string" } } }))
    };
    let plain = |description: &str| problem(description, json!({}));
    let challenge = "What to show, as RFC 6750 has it.";
    let wait = "Seconds to wait.";
    json!({
        "BadParameter": plain("A parameter in the query that is not known, is there twice or has no value that can be; \
            `parameter` names it."),
        "WrongToken": with("No token, or none that works.", "WWW-Authenticate", challenge),
        "MissingScope": with("The token lacks the scope that `scope` names.", "WWW-Authenticate", challenge),
        "NotThere": plain("There is no such consultation or version, or the token may not know of it."),
        "Refused": plain("The responses have no room in this format; `detail` says what to take instead."),
        "TooManyWrongTokens": with("More than 20 wrong tokens in a minute from one place.", "Retry-After", wait),
        "Failed": plain("The service is at fault; `reference` joins it to a line of its log."),
        "Busy": with("The service has too much to do, or its database does not answer.", "Retry-After", wait),
    })
}

fn schemas() -> Value {
    let at = |settings: &mut SchemaSettings| settings.definitions_path = "/components/schemas".into();
    let mut generator = SchemaSettings::draft2020_12().for_serialize().with(at).into_generator();
    generator.subschema_for::<shape::Consultations>();
    generator.subschema_for::<shape::Versions>();
    generator.subschema_for::<shape::ResponsePage>();
    generator.subschema_for::<shape::Problem>();
    let mut schemas = generator.take_definitions(true);
    let definition = json!({
        "type": "object",
        "description": "A definition, as docs/format.md describes it; its schema is surveys/schema.json.",
        "required": ["format", "id", "title", "pages"],
        "properties": {
            "format": { "type": "integer" },
            "id": { "type": "string" },
            "title": { "type": "string" },
            "pages": { "type": "array", "items": { "type": "object" } },
        },
    });
    schemas.insert("Definition".to_string(), definition);
    schemas.sort_keys();
    schemas.into()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::service::token::Scope;

    #[test]
    fn every_operation_is_named_once_and_every_reference_leads_somewhere() {
        let document = openapi();
        let names: BTreeSet<&str> = API.iter().map(|(_, operation)| operation.id).collect();
        assert_eq!(names.len(), API.len());
        let text = document.to_string();
        let refs: BTreeSet<&str> =
            text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(refs.len() > 15, "{refs:?}");
        for one in refs {
            assert!(document.pointer(one).is_some(), "{one}");
        }
        assert!(!text.contains("$defs"));
    }

    #[test]
    fn what_is_read_of_answers_needs_a_scope() {
        for (path, operation) in API {
            let is_listed = ["/api/v1/surveys", "/api/v1/surveys/{survey}"].contains(&path);
            let expected = match path {
                "/api/v1/openapi.json" | "/api/v1/report.schema.json" => Needs::Nothing,
                _ if is_listed => Needs::Token,
                _ if path.contains("/responses") || path.ends_with("ideas.csv") || path.ends_with("moderation.csv") => {
                    Needs::Scope(Scope::Responses)
                }
                _ if path.contains("/definition") || path.contains("/versions") || path.contains("/codebook") => {
                    Needs::Scope(Scope::Definition)
                }
                _ => Needs::Scope(Scope::Report),
            };
            assert_eq!(operation.needs, expected, "{path}");
        }
    }
}
