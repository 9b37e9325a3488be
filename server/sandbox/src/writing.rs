//! Reading the fields of a write. A field that is not there is cleared: that is what REPLACE means.

use crate::account::Account;
use crate::call::Answer;
use chrono::NaiveDate;
use serde_json::Value;

/// A text that must not be blank.
pub(crate) fn required(body: &Value, field: &str) -> Result<String, Answer> {
    let Some(value) = body.get(field) else { return Err(Answer::missing(field)) };
    let text = value.as_str().unwrap_or_default().trim();
    if text.is_empty() {
        Err(Answer::unprocessable(field, "can't be blank"))
    } else {
        Ok(text.to_owned())
    }
}

/// A text, empty when it is not there.
pub(crate) fn text(body: &Value, field: &str) -> String {
    body.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// A day, none when it is not there or empty.
pub(crate) fn day(body: &Value, field: &str) -> Result<Option<NaiveDate>, Answer> {
    match body.get(field).and_then(Value::as_str).unwrap_or_default() {
        "" => Ok(None),
        word => word.parse().map(Some).map_err(|_| Answer::unprocessable(field, "is not a date")),
    }
}

/// People of the account, none when they are not there.
pub(crate) fn people(account: &Account, body: &Value, field: &str) -> Vec<i64> {
    let ids = body.get(field).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    account.known_people(&ids.iter().filter_map(Value::as_i64).collect::<Vec<_>>())
}
