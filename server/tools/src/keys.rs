//! Canonical arguments and their hash, keys of repeated requests.

use crate::error::ToolError;
use crate::tools::Tools;
use domain::problem::Problem;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::time::Duration;
use store::ids;
use store::operations::{self, Claim, ToolKey};

/// How long an answer is kept for repeats.
const KEPT_MS: i64 = 24 * 60 * 60 * 1_000;
/// How often, and how many times, a repeat looks whether the first call has ended.
const LOOK_EVERY: Duration = Duration::from_millis(100);
const LOOKS: u32 = 300;

/// `value` with the keys of every object in order.
fn canonical(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut sorted: Vec<(&String, &Value)> = fields.iter().collect();
            sorted.sort_by_key(|(key, _)| *key);
            Value::Object(
                sorted
                    .into_iter()
                    .map(|(key, value)| (key.clone(), canonical(value)))
                    .collect::<Map<_, _>>(),
            )
        }
        Value::Array(items) => items.iter().map(canonical).collect(),
        other => other.clone(),
    }
}

/// SHA-256 of a tool's name and canonical arguments, in hex.
pub(crate) fn hash(tool: &str, args: &Value) -> String {
    hex::encode(Sha256::digest(format!("{tool}\n{}", canonical(args))))
}

/// What to do with a call that has a key.
pub(crate) enum Turn {
    /// Do the work, then keep or release.
    Mine,
    /// The first answer.
    Answered(Value),
}

impl Tools {
    /// Claims a key; a repeat waits for the first call and takes its answer.
    pub(crate) async fn claim(&self, key: &ToolKey, args_hash: &str) -> Result<Turn, ToolError> {
        for _ in 0..LOOKS {
            let (mine, hash) = (key.clone(), args_hash.to_owned());
            let since = ids::now_ms() - KEPT_MS;
            let claimed = self.db.write(move |tx| {
                Box::pin(async move { operations::claim(tx, &mine, &hash, since).await })
            });
            match claimed.await? {
                Claim::Mine => return Ok(Turn::Mine),
                Claim::Done(answer) => return Ok(Turn::Answered(answer)),
                Claim::OtherArguments => {
                    return Err(Problem::conflict(
                        "This idempotency key was used with other arguments. Take a new key for another call",
                    )
                    .into());
                }
                Claim::Running => tokio::time::sleep(LOOK_EVERY).await,
            }
        }
        Err(Problem::conflict(
            "The first call with this idempotency key has not ended yet. Repeat it in a moment",
        )
        .into())
    }

    /// Keeps an answer for repeats, or gives the key back after a failure.
    pub(crate) async fn settle(
        &self,
        key: ToolKey,
        answer: Option<Value>,
    ) -> Result<(), ToolError> {
        let write = self.db.write(move |tx| {
            Box::pin(async move {
                match answer {
                    Some(answer) => operations::keep_answer(tx, &key, &answer).await,
                    None => operations::release(tx, &key).await,
                }
            })
        });
        Ok(write.await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_order_of_fields_does_not_change_the_hash() {
        assert_eq!(
            hash("t", &json!({"a": 1, "b": {"c": 2, "d": 3}})),
            hash("t", &json!({"b": {"d": 3, "c": 2}, "a": 1}))
        );
        assert_ne!(hash("t", &json!({"a": 1})), hash("t", &json!({"a": 2})));
        assert_ne!(hash("t", &json!({"a": 1})), hash("u", &json!({"a": 1})));
    }
}
