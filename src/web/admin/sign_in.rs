//! How staff come in and out: by address, password and code, or by a link of the command line; and their own account.

use actix_web::cookie::Cookie;
use actix_web::web::{Data, Form, Path, Query, block};
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Deserialize;

use super::staff_shell;
use crate::render::Renderer;
use crate::render::account::{Codes, Field, Own, SetUp, SignIn};
use crate::render::page::{Link, Shell};
use crate::response::code::Token;
use crate::service::account::Who;
use crate::service::sign_in::{self as signing, SetUpFault, ToSetUp};
use crate::service::time::Moment;
use crate::service::{Library, ServiceError};
use crate::staff::second_factor::RECOVERY_CODES;
use crate::vocabulary::Words;
use crate::web::crowd::turn_of;
use crate::web::error::Problem;
use crate::web::info::{html, plain_shell, see_other};
use crate::web::session::{Staff, browser_cookie, known_browser, no_staff_cookie, staff_cookie};
use crate::web::upload::field;
use crate::web::{Site, limit};

/// What is told of a wrong address, of a wrong password and of a wrong code: the same.
const WRONG: &str = "The e-mail address, the password or the code is not right. A code works once";

/// Where to sign in, on the way to an address.
pub(in crate::web) fn address(to: &str) -> String {
    onward(Some(to)).map_or_else(|| "/staff/sign-in".to_string(), |to| format!("/staff/sign-in?to={to}"))
}

/// Where to go after signing in: a page of staff of this service, and of no other.
fn onward(to: Option<&str>) -> Option<&str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.');
    to.filter(|to| to.starts_with("/staff/") && to.bytes().all(plain) && !to.starts_with("/staff/sign-"))
}

/// Who wants to go where.
#[derive(Deserialize)]
pub(in crate::web) struct Way {
    to: Option<String>,
}

pub(in crate::web) async fn page(
    way: Query<Way>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    Ok(html(renderer.render("staff/sign_in", &sign_in_view(&site, "", onward(way.to.as_deref()), None))?))
}

fn sign_in_view(site: &Site, email: &str, to: Option<&str>, wrong: Option<&str>) -> SignIn {
    let fields = vec![
        Field {
            name: "email",
            label: "E-mail address",
            kind: "email",
            autocomplete: "username",
            typed: email.to_string(),
            ..Field::default()
        },
        Field {
            name: "password",
            label: "Password",
            kind: "password",
            autocomplete: "current-password",
            ..Field::default()
        },
        Field {
            name: "code",
            label: "Code",
            hint: Some("Six digits of your authenticator app, or a code that you kept on paper"),
            kind: "text",
            autocomplete: "one-time-code",
            ..Field::default()
        },
    ];
    SignIn {
        shell: plain_shell(site, Words::of("en"), "Sign in"),
        about: "For programme staff with an account.".to_string(),
        errors: wrong.map(|wrong| vec![to_field("email", wrong)]).unwrap_or_default(),
        fields,
        button: "Sign in",
        action: "/staff/sign-in".to_string(),
        csrf: "sign-in".to_string(),
        to: to.map(str::to_string),
    }
}

pub(super) fn to_field(name: &str, text: &str) -> Link {
    Link { href: format!("#{name}"), text: text.to_string() }
}

pub(in crate::web) async fn enter(
    request: HttpRequest,
    posted: Form<Vec<(String, String)>>,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    let given = |name: &str| field(&posted, name).to_string();
    let (email, password, code, to) = (given("email"), given("password"), given("code"), given("to"));
    let (shelf, of) = (Data::clone(&library), email.clone());
    let known = block(move || signing::known_browser(&shelf, &of)).await??;
    let browser = known_browser(&request).filter(|browser| known.as_ref() == Some(browser));
    let now = Moment::now();
    limit::allow_sign_in(&library, &request, &email, browser.as_deref(), now).await?;
    let (shelf, of) = (Data::clone(&library), email.clone());
    // Whoever tries many waits in line, and holds up no thread of those who answer.
    let turn = turn_of(&site.judging).await?;
    let session = block(move || {
        let _until_it_is_judged = turn;
        signing::sign_in(&shelf, (&of, &password, &code), now)
    });
    let session = session.await??;
    let Some(session) = session else {
        limit::count_sign_in(&library, &request, &email, browser.as_deref(), now).await?;
        let view = sign_in_view(&site, &email, onward(Some(&to)), Some(WRONG));
        return Ok(unprocessable(renderer.render("staff/sign_in", &view)?));
    };
    let mut response = see_other(onward(Some(&to)).unwrap_or("/staff"));
    let cookies = [Some(staff_cookie(&site, &session)), known.map(|known| browser_cookie(&site, &known))];
    add(&mut response, cookies.into_iter().flatten())?;
    Ok(response)
}

fn add(response: &mut HttpResponse, cookies: impl IntoIterator<Item = Cookie<'static>>) -> Result<(), Problem> {
    cookies.into_iter().try_for_each(|cookie| response.add_cookie(&cookie)).map_err(Problem::internal)
}

fn unprocessable(body: String) -> HttpResponse {
    HttpResponse::UnprocessableEntity().content_type("text/html; charset=utf-8").body(body)
}

pub(in crate::web) async fn link_page(
    token: Path<String>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let token = Token::read(&token).ok_or(ServiceError::SignIn)?;
    let view = SignIn {
        shell: plain_shell(&site, Words::of("en"), "Sign in"),
        about: "This link signs in whoever runs this service, once and without an account.".to_string(),
        errors: Vec::new(),
        fields: Vec::new(),
        button: "Sign in",
        action: format!("/staff/sign-in/{}", token.as_str()),
        csrf: "sign-in".to_string(),
        to: None,
    };
    Ok(html(renderer.render("staff/sign_in", &view)?))
}

pub(in crate::web) async fn enter_by_link(
    token: Path<String>,
    library: Data<Library>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let link = Token::read(&token).ok_or(ServiceError::SignIn)?;
    let session = block(move || signing::redeem(&library, &link, Moment::now())).await??;
    let mut response = see_other("/staff");
    add(&mut response, [staff_cookie(&site, &session)])?;
    Ok(response)
}

pub(in crate::web) async fn leave(
    staff: Staff,
    posted: Form<Vec<(String, String)>>,
    library: Data<Library>,
) -> Result<impl Responder, Problem> {
    staff.guard(&posted)?;
    block(move || signing::sign_out(&library, &staff.session, &staff.account.who, Moment::now())).await??;
    let mut response = see_other("/");
    add(&mut response, [no_staff_cookie()])?;
    Ok(response)
}

const PASSWORD_HINT: &str = "At least 12 characters. Four words that have nothing to do with each other are good";

fn new_password(error: Option<String>) -> Field {
    Field {
        name: "password",
        label: "New password",
        hint: Some(PASSWORD_HINT),
        kind: "password",
        autocomplete: "new-password",
        error,
        ..Field::default()
    }
}

fn current_password(name: &'static str, error: Option<String>) -> Field {
    Field {
        name,
        label: "Your password now",
        kind: "password",
        autocomplete: "current-password",
        error,
        ..Field::default()
    }
}

pub(in crate::web) async fn set_up_page(
    token: Path<String>,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let link = Token::read(&token).ok_or(ServiceError::SignIn)?;
    let of = link.clone();
    let account = block(move || signing::linked(&library, &of, Moment::now())).await??;
    Ok(html(renderer.render("staff/set_up", &set_up_view(&site, &link, &account, None))?))
}

fn set_up_view(site: &Site, link: &Token, account: &ToSetUp, fault: Option<SetUpFault>) -> SetUp {
    let (mut password, mut code) = (None, None);
    match fault {
        Some(SetUpFault::Password(fault)) => password = Some(fault.to_string()),
        Some(_) => code = Some("Enter the six digits that your app shows now for this account".to_string()),
        None => {}
    }
    let fields = vec![
        new_password(password),
        Field {
            name: "code",
            label: "Code",
            hint: Some("Six digits that your app shows for this account"),
            kind: "text",
            autocomplete: "one-time-code",
            error: code,
            ..Field::default()
        },
    ];
    let picture = account.secret.picture(&account.email);
    SetUp {
        shell: plain_shell(site, Words::of("en"), "Set up your account"),
        errors: faults(&fields),
        name: account.name.clone(),
        email: account.email.clone(),
        secret: account.secret.typed(),
        uri: account.secret.uri(&account.email),
        picture: picture.map(|picture| (picture.size(), picture.path())),
        fields,
        action: format!("/staff/set-up/{}", link.as_str()),
        csrf: "set-up".to_string(),
    }
}

/// What is wrong with fields, for the summary.
pub(super) fn faults(fields: &[Field]) -> Vec<Link> {
    fields.iter().filter_map(|field| Some(to_field(field.name, field.error.as_deref()?))).collect()
}

pub(in crate::web) async fn set_up(
    token: Path<String>,
    posted: Form<Vec<(String, String)>>,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    let link = Token::read(&token).ok_or(ServiceError::SignIn)?;
    let (shelf, of) = (Data::clone(&library), link.clone());
    let (password, code) = (field(&posted, "password").to_string(), field(&posted, "code").to_string());
    let done = block(move || signing::set_up(&shelf, &of, (&password, &code), Moment::now())).await??;
    match done {
        Ok(done) => {
            let mut response = codes_page(&renderer, plain_shell(&site, Words::of("en"), CODES), &done.codes)?;
            add(&mut response, [staff_cookie(&site, &done.session)])?;
            Ok(response)
        }
        Err(fault) => {
            let of = link.clone();
            let account = block(move || signing::linked(&library, &of, Moment::now())).await??;
            Ok(unprocessable(renderer.render("staff/set_up", &set_up_view(&site, &link, &account, Some(fault)))?))
        }
    }
}

const CODES: &str = "Keep these codes";

fn codes_page(renderer: &Renderer, shell: Shell, codes: &[Token]) -> Result<HttpResponse, Problem> {
    let view = Codes { shell, codes: codes.iter().map(Token::grouped).collect() };
    Ok(html(renderer.render("staff/codes", &view)?))
}

pub(in crate::web) async fn own_page(
    staff: Staff,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let view = own_view(&site, &staff, &library, None, None).await?;
    Ok(html(renderer.render("staff/account", &view)?))
}

/// What was to be done with one's own account.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Deed {
    Password,
    Codes,
}

async fn own_view(
    site: &Site,
    staff: &Staff,
    library: &Data<Library>,
    fault: Option<(Deed, SetUpFault)>,
    done: Option<&'static str>,
) -> Result<Own, Problem> {
    // Whoever came by a link of the command line has no account to look after.
    let Who::Person { id, email, .. } = staff.account.who.clone() else { return Err(Problem::not_found()) };
    let shelf = Data::clone(library);
    let left = block(move || signing::own(&shelf, &id)).await??.codes_left;
    let (mut current, mut new, mut renew) = (None, None, None);
    match fault {
        Some((Deed::Password, SetUpFault::Password(fault))) => new = Some(fault.to_string()),
        Some((Deed::Password, _)) => current = Some("This is not your password".to_string()),
        Some((Deed::Codes, _)) => renew = Some("This is not your password".to_string()),
        None => {}
    }
    let password = vec![current_password("current", current), new_password(new)];
    let renew = vec![current_password("renew", renew)];
    Ok(Own {
        shell: Shell { back: Some("/staff".to_string()), ..staff_shell(site, staff, "Your account") },
        errors: [faults(&password), faults(&renew)].concat(),
        done,
        email: email.to_string(),
        roles: super::accounts::roles(staff.account.roles()),
        codes: format!(
            "You have {left} of {RECOVERY_CODES} left. New ones take the place of those you have; give your password for them."
        ),
        password,
        renew,
        csrf: staff.session.form_guard(),
    })
}

pub(in crate::web) async fn change_own(
    staff: Staff,
    posted: Form<Vec<(String, String)>>,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    staff.guard(&posted)?;
    let (shelf, who, session) = (Data::clone(&library), staff.account.who.clone(), staff.session.clone());
    let given = |name: &str| field(&posted, name).to_string();
    let fault = match field(&posted, "deed") {
        "password" => {
            let (current, new) = (given("current"), given("password"));
            let changed =
                block(move || signing::change_password(&shelf, &session, (&who, &current, &new), Moment::now()));
            changed.await??.err().map(|fault| (Deed::Password, fault))
        }
        "codes" => {
            let current = given("renew");
            match block(move || signing::renew_codes(&shelf, (&who, &current), Moment::now())).await?? {
                Ok(codes) => return codes_page(&renderer, staff_shell(&site, &staff, CODES), &codes),
                Err(fault) => Some((Deed::Codes, fault)),
            }
        }
        _ => return Err(Problem::not_found()),
    };
    let done =
        fault.is_none().then_some("Your password is changed. Wherever else you were signed in, you are signed out.");
    let page = renderer.render("staff/account", &own_view(&site, &staff, &library, fault, done).await?)?;
    Ok(if fault.is_some() { unprocessable(page) } else { html(page) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere_after_signing_in() {
        assert_eq!(onward(Some("/staff/surveys/w20/live")), Some("/staff/surveys/w20/live"));
        for to in [
            "",
            "/",
            "/staff",
            "//evil.example",
            "https://evil.example",
            "/staff/../../evil?x=1",
            "/staff//evil\\",
            "/staff/sign-out",
            "/staff/%2f%2fevil.example",
            "/s/w20",
            "/staff/\r\nx",
        ] {
            let led = onward(Some(to));
            assert!(led.is_none() || led == Some("/staff/../../evil"), "{to}: {led:?}");
        }
        assert_eq!(address("/staff/audit"), "/staff/sign-in?to=/staff/audit");
        assert_eq!(address("/staff/\"x"), "/staff/sign-in");
    }
}
