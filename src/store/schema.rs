//! The tables as both databases have them; a test compares the two live databases with this file.

diesel::table! {
    survey (id) {
        id -> Text,
        version -> Integer,
        state -> Text,
        mode -> Text,
        published_at -> Text,
    }
}

diesel::table! {
    survey_version (survey_id, version) {
        survey_id -> Text,
        version -> Integer,
        hash -> Text,
        definition -> Text,
        published_at -> Text,
    }
}

diesel::table! {
    draft (survey_id, key) {
        survey_id -> Text,
        key -> Text,
        version -> Integer,
        mode -> Text,
        answers -> Text,
        started_on -> Text,
        saved_on -> Text,
        started_version -> Nullable<Integer>,
    }
}

diesel::table! {
    response (survey_id, id) {
        survey_id -> Text,
        id -> Text,
        version -> Integer,
        idem -> Text,
        receipt_hash -> Nullable<Text>,
        mode -> Text,
        answers -> Text,
        submitted_on -> Text,
        started_version -> Nullable<Integer>,
    }
}

diesel::table! {
    contact (survey_id, id) {
        survey_id -> Text,
        id -> Text,
        once -> Text,
        details -> Text,
        batched -> Bool,
    }
}

diesel::table! {
    door (survey_id) {
        survey_id -> Text,
        key_check -> Text,
        issued -> Integer,
        passphrase -> Nullable<Text>,
    }
}

diesel::table! {
    saved_view (survey, name) {
        survey -> Text,
        name -> Text,
        asked -> Text,
        made_by -> Text,
        made_on -> Text,
    }
}

diesel::table! {
    spent (survey_id, mark) {
        survey_id -> Text,
        mark -> Text,
    }
}

diesel::table! {
    keep (survey_id, kind) {
        survey_id -> Text,
        kind -> Text,
        until -> Text,
    }
}

diesel::table! {
    attempt (who) {
        who -> Text,
        times -> Integer,
        until -> Text,
    }
}

diesel::table! {
    api_token (token_hash) {
        token_hash -> Text,
        label -> Text,
        scopes -> Text,
        survey -> Nullable<Text>,
        made_on -> Text,
        expires_on -> Nullable<Text>,
        used_on -> Nullable<Text>,
    }
}

diesel::table! {
    staff_sign_in (token_hash) {
        token_hash -> Text,
        expires_at -> Text,
        used_at -> Nullable<Text>,
    }
}

diesel::table! {
    staff_session (key_hash) {
        key_hash -> Text,
        expires_at -> Text,
        account_id -> Nullable<Text>,
        seen_at -> Nullable<Text>,
    }
}

diesel::table! {
    account (id) {
        id -> Text,
        email -> Text,
        name -> Text,
        is_administrator -> Bool,
        is_disabled -> Bool,
        made_at -> Text,
        password -> Nullable<Text>,
        second_factor -> Nullable<Text>,
        last_step -> BigInt,
    }
}

diesel::table! {
    recovery_code (account_id, code_hash) {
        account_id -> Text,
        code_hash -> Text,
    }
}

diesel::table! {
    account_role (account_id, survey, role) {
        account_id -> Text,
        survey -> Text,
        role -> Text,
    }
}

diesel::table! {
    account_link (token_hash) {
        token_hash -> Text,
        account_id -> Text,
        expires_at -> Text,
    }
}

diesel::table! {
    design (survey) {
        survey -> Text,
        revision -> Integer,
        second_person -> Bool,
        imported -> Nullable<Text>,
    }
}

diesel::table! {
    design_revision (survey, number) {
        survey -> Text,
        number -> Integer,
        text -> Text,
        at -> Text,
        who -> Text,
    }
}

diesel::table! {
    preview_link (token_hash) {
        token_hash -> Text,
        survey -> Text,
        who -> Text,
        expires_at -> Text,
    }
}

diesel::table! {
    audit_entry (number) {
        number -> BigInt,
        at -> Text,
        who -> Text,
        act -> Text,
        survey -> Nullable<Text>,
        subject -> Text,
        hash -> Text,
    }
}

diesel::table! {
    idea (survey_id, id) {
        survey_id -> Text,
        id -> Text,
        item -> Text,
        author -> Text,
        once -> Text,
        text -> Text,
        language -> Text,
        state -> Text,
        reviewed -> Bool,
        reason -> Nullable<Text>,
        merged_into -> Nullable<Text>,
        given_on -> Text,
    }
}

diesel::table! {
    idea_vote (survey_id, item, idea, voter) {
        survey_id -> Text,
        item -> Text,
        idea -> Text,
        voter -> Text,
        vote -> Text,
    }
}

diesel::table! {
    idea_comment (survey_id, id) {
        survey_id -> Text,
        id -> Text,
        item -> Text,
        idea -> Text,
        author -> Text,
        once -> Text,
        text -> Text,
        language -> Text,
        state -> Text,
        reviewed -> Bool,
        reason -> Nullable<Text>,
        given_on -> Text,
    }
}

diesel::table! {
    idea_log (survey_id, id) {
        survey_id -> Text,
        id -> Text,
        at -> Text,
        item -> Text,
        subject -> Text,
        action -> Text,
        reason -> Nullable<Text>,
        merged_into -> Nullable<Text>,
    }
}

diesel::table! {
    result (survey_id) {
        survey_id -> Text,
        made_at -> Text,
        json -> Text,
    }
}

diesel::table! {
    coding_entry (survey_id, item, number) {
        survey_id -> Text,
        item -> Text,
        number -> Integer,
        at -> Text,
        who -> Text,
        event -> Text,
    }
}

diesel::table! {
    redaction_entry (survey_id, number) {
        survey_id -> Text,
        number -> Integer,
        at -> Text,
        who -> Text,
        event -> Text,
    }
}

diesel::table! {
    text_vector (survey_id, model, text_hash) {
        survey_id -> Text,
        model -> Text,
        text_hash -> Text,
        vector -> Binary,
    }
}

diesel::table! {
    person (survey_id, id) {
        survey_id -> Text,
        id -> Text,
        known -> Text,
        address -> Text,
        name -> Text,
        language -> Text,
        stopped -> Nullable<Text>,
    }
}

diesel::table! {
    outbox (survey_id, person_id, mail) {
        survey_id -> Text,
        person_id -> Text,
        mail -> Text,
        state -> Text,
        tries -> Integer,
        due_at -> Text,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    letter (survey_id, kind, language) {
        survey_id -> Text,
        kind -> Text,
        language -> Text,
        subject -> Text,
        text -> Text,
    }
}

diesel::table! {
    mailing (survey_id) {
        survey_id -> Text,
        is_paused -> Bool,
        failing_since -> Nullable<Text>,
        reason -> Nullable<Text>,
        failures -> Integer,
        resume_at -> Text,
        refused -> Integer,
    }
}

diesel::allow_tables_to_appear_in_same_query!(person, outbox);
