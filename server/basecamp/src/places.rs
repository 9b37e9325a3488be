//! Walks that go through many places: what is in projects put aside, and what only the tool it is in lists. Their
//! cursor is the place and the query of its next page, `7000000012?page=2`. Hours have months for places, `202602?`.

use crate::hours;
use crate::scopes::{Nest, Scope, What};
use crate::session::Session;
use crate::walk::Stop;
use serde_json::Value;
use store::mirror::ProjectRow;
use store::mirror_lookups as lookups;
use store::mirror_scopes::ScopeRow;

/// Projects put aside that one request names.
const TOGETHER: usize = 50;

/// Where a walk is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spot {
    /// The tools or projects asked now; none for a walk that has only one place.
    pub(crate) ids: Vec<i64>,
    /// The query of the page; none for the first of this place.
    pub(crate) query: Option<String>,
    /// The place after this one.
    next: Option<i64>,
}

impl Spot {
    /// Where the page after this one is: the next of this place, or the first of the next place.
    pub(crate) fn after(&self, query: Option<String>) -> Option<String> {
        match (self.ids.first(), query) {
            (None, query) => query,
            (Some(id), Some(query)) => Some(format!("{id}?{query}")),
            (Some(_), None) => self.next.map(|it| format!("{it}?")),
        }
    }

    fn among(places: &[i64], cursor: Option<&str>, together: usize) -> Option<Self> {
        let (from, query) = cursor.and_then(|it| it.split_once('?')).unwrap_or(("0", ""));
        let from: i64 = from.parse().unwrap_or_default();
        let rest = places.get(places.partition_point(|it| *it < from)..)?;
        let first = *rest.first()?;
        let ids = rest.iter().copied().take(together).collect();
        // The place itself may be gone by now: then its pages are too.
        let query = Some(query.to_owned()).filter(|it| !it.is_empty() && first == from);
        Some(Self { ids, query, next: rest.get(together).copied() })
    }
}

/// Where the walk of `row` is; none when there is no place to go.
pub(crate) async fn spot(
    session: &Session,
    scope: Scope,
    row: &ScopeRow,
) -> Result<Option<Spot>, Stop> {
    let (places, together) = match scope.what {
        What::Aside(_) => (aside(session).await?, TOGETHER),
        What::Inside(nest) => (tools(session, nest, None).await?, 1),
        What::Hours => (hours::places(&row.mode), 1),
        _ => return Ok(Some(Spot { query: row.cursor.clone(), ..Spot::default() })),
    };
    Ok(Spot::among(&places, row.cursor.as_deref(), together))
}

/// Projects put aside, by id.
async fn aside(session: &Session) -> Result<Vec<i64>, Stop> {
    let mut conn = session.basecamp.db.read().await?;
    let projects = lookups::projects(&mut conn, &session.key).await?;
    Ok(projects.into_iter().filter(|it| it.status == "archived").map(|it| it.id).collect())
}

/// The tools of a sort that projects in use, or one of them, have switched on, by id.
pub(crate) async fn tools(
    session: &Session,
    nest: Nest,
    of: Option<i64>,
) -> Result<Vec<i64>, Stop> {
    let mut conn = session.basecamp.db.read().await?;
    let projects = lookups::projects(&mut conn, &session.key).await?;
    let mut tools = Vec::new();
    let is_asked = |it: &&ProjectRow| it.status == "active" && of.is_none_or(|id| id == it.id);
    for project in projects.iter().filter(is_asked) {
        let raw: Value = serde_json::from_str(&project.raw).unwrap_or_default();
        let dock = raw.get("dock").and_then(Value::as_array).into_iter().flatten();
        let is_wanted = |tool: &&Value| {
            tool.get("name").and_then(Value::as_str) == Some(nest.tool())
                && tool.get("enabled").and_then(Value::as_bool).unwrap_or_default()
        };
        tools.extend(dock.filter(is_wanted).filter_map(|it| it.get("id").and_then(Value::as_i64)));
    }
    tools.sort_unstable();
    Ok(tools)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_goes_through_every_place_and_its_pages() {
        let places = [3, 5, 9];
        let first = Spot::among(&places, None, 1).unwrap();
        assert_eq!((first.ids.as_slice(), first.query.clone()), ([3].as_slice(), None));
        let cursor = first.after(Some("page=2".into())).unwrap();
        let second = Spot::among(&places, Some(&cursor), 1).unwrap();
        assert_eq!(
            (second.ids.as_slice(), second.query.as_deref()),
            ([3].as_slice(), Some("page=2"))
        );
        let third = Spot::among(&places, second.after(None).as_deref(), 1).unwrap();
        assert_eq!((third.ids.as_slice(), third.query.clone()), ([5].as_slice(), None));
        let last = Spot::among(&places, Some("9?"), 1).unwrap();
        assert_eq!(last.after(None), None);
    }

    #[test]
    fn places_that_are_gone_are_left_out() {
        assert_eq!(Spot::among(&[], None, 1), None);
        let beyond = Spot::among(&[3, 9], Some("5?page=2"), 1).unwrap();
        assert_eq!((beyond.ids.as_slice(), beyond.query), ([9].as_slice(), None));
        let together = Spot::among(&[3, 5, 9], None, 2).unwrap();
        assert_eq!(
            (together.ids.as_slice(), together.after(None)),
            ([3, 5].as_slice(), Some("9?".into()))
        );
    }
}
