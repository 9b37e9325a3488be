//! One question to everything that is connected: what was searched, what was found, and what could not be searched.

use crate::error::ToolError;
use crate::lists;
use crate::sources;
use crate::tool::{Call, Done};
use domain::problem::Problem;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The one platform that can be searched today.
const BASECAMP: &str = "basecamp";
/// Characters of a record in a list.
const EXCERPT: usize = 240;

/// A found record in short, with its place in the order as relevance.
pub(crate) fn hit((at, of): (usize, usize), it: &Value) -> Value {
    let text: String = it["text"].as_str().unwrap_or_default().chars().take(EXCERPT).collect();
    let rank = u32::try_from(at).unwrap_or(u32::MAX);
    let all = u32::try_from(of.max(1)).unwrap_or(u32::MAX);
    let relevance = (1.0 - f64::from(rank) / f64::from(all)).max(0.0);
    json!({
        "id": it["id"], "type": it["type"], "title": it["title"], "excerpt": text, "project": it["project"],
        "place": it["place"]["name"], "who": it["creator"]["name"], "at": it["created_at"],
        "relevance": (relevance * 10_000.0).round() / 10_000.0, "app_url": it["url"]
    })
}

/// The platform of a piece's name on the wire: `github` of `@activepieces/piece-github`.
fn platform(piece: &str) -> String {
    piece.rsplit_once("piece-").map_or(piece, |it| it.1).to_lowercase()
}

/// Searches synced Basecamp, and names every other connected or wanted platform with why it was not searched: none of
/// their pieces can search.
pub(crate) async fn query(call: Call<'_>) -> Result<Done, ToolError> {
    let query = call.args.need("query")?.to_owned();
    let most = call.most("limit", 20)?;
    let wanted: Option<Vec<String>> = call.args.read("platforms")?;
    let wanted: Option<Vec<String>> =
        wanted.map(|all| all.iter().map(|it| it.trim().to_lowercase()).collect());
    let is_wanted = |name: &str| wanted.as_ref().is_none_or(|all| all.iter().any(|it| it == name));
    let connections = call.tools.flows.connections().list(call.actor, None).await?;
    let connected: BTreeSet<String> =
        connections.iter().map(|it| platform(&it.piece_name)).collect();
    let mut not_searched: Vec<Value> = Vec::new();
    let mut skip = |name: &str, reason: &str| {
        not_searched.push(json!({ "platform": name, "reason": reason }));
    };
    for name in connected.iter().filter(|it| *it != BASECAMP && is_wanted(it)) {
        skip(name, "it is connected, but its piece cannot search");
    }
    for name in wanted.iter().flatten().filter(|it| *it != BASECAMP && !connected.contains(*it)) {
        skip(name, "it is not connected");
    }
    let (mut results, mut searched, mut total) = (Vec::new(), Vec::new(), 0);
    let mut freshness = None;
    if is_wanted(BASECAMP) {
        match search(&call, &query).await {
            Ok(Some(found)) => {
                total = found.len();
                let of = found.len();
                results = found.iter().enumerate().map(|(at, it)| hit((at, of), it)).collect();
                results.truncate(most);
                for it in &mut results {
                    it["platform"] = BASECAMP.into();
                }
                searched.push(BASECAMP);
                freshness =
                    Some(call.tools.basecamp.freshness_of(call.actor, &sources::WORDS).await?);
            }
            Ok(None) => skip(BASECAMP, "its first load is under way"),
            Err(ToolError::Problem(Problem::NeedsSetup { .. })) => {
                skip(BASECAMP, "it is not connected");
            }
            Err(other) => return Err(other),
        }
    }
    let more = json!({
        "query": query, "total": total, "searched": searched, "not_searched": not_searched
    });
    let value = lists::with(lists::all("results", &results), more);
    Ok(Done::new(match &freshness {
        Some(it) => sources::aged(value, it),
        None => value,
    }))
}

/// What the mirror holds of the words; none while it is not filled.
async fn search(call: &Call<'_>, query: &str) -> Result<Option<Vec<Value>>, ToolError> {
    call.tools.seen_through(call.actor).await?;
    call.stories_with(query).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_names_its_platform() {
        assert_eq!(platform("@activepieces/piece-github"), "github");
        assert_eq!(platform("slack"), "slack");
    }
}
