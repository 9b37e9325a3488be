//! What people find by words, wherever it is: names of projects, flows, people and templates, and what records of
//! Basecamp say. Only from our own database, so that it answers while they type.

use crate::Backend;
use domain::actor::{Actor, Permission};
use domain::flow::engine::FlowEngine;
use domain::flow::listing::{FlowFilter, RunFilter};
use domain::flow::run::Run;
use domain::problem::Problem;
use domain::record;
use domain::search::{Found, Group, Hit, Kind, holds};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use url::form_urlencoded;

/// How many of a kind are given, and how many when more of Basecamp are wanted.
const FEW: usize = 5;
const MANY: usize = 40;
/// Longer texts are nobody's search.
const LONGEST: usize = 200;
/// Where the people of the workspace are.
const MEMBERS: &str = "/settings/members";
/// How many runs of the flow that fits best are given.
const RUNS: u32 = 3;

impl Backend {
    /// What `actor` may open and that fits `words`; what Basecamp's records say in `wide` searches alone and more of it.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to read; when the database does not answer.
    pub async fn find(&self, actor: &Actor, words: &str, wide: bool) -> Result<Found, Problem> {
        actor.require(Permission::Read)?;
        let words: String = words.trim().chars().take(LONGEST).collect();
        if words.is_empty() {
            return Ok(Found::default());
        }
        if wide {
            return Ok(Found {
                groups: self.records(actor, &words, MANY).await?.into_iter().collect(),
            });
        }
        let wanted = plain(&words);
        let [projects, people] = self.names(actor, &wanted).await?;
        let (flows, runs) = self.flows_and_runs(actor, &words).await?;
        let records = self.records(actor, &words, FEW).await?;
        let groups = [projects, flows, records, people, runs, self.templates(&wanted)];
        Ok(Found { groups: groups.into_iter().flatten().collect() })
    }

    /// Projects and people by name: those of the mirror, where it is filled, and members who are not among them.
    async fn names(&self, actor: &Actor, wanted: &str) -> Result<[Option<Group>; 2], Problem> {
        let (mut projects, mut people) = (Vec::new(), Vec::new());
        if let Some(mut mirror) = self.basecamp.mirrored(actor).await? {
            projects = mirror.projects().await?;
            people = mirror.people().await?;
        }
        let is_known = |name: &str| people.iter().any(|it| plain(&it.name) == plain(name));
        let members = self.auth.members(actor).await?.into_iter();
        let members: Vec<Hit> = members
            .filter(|it| fits(&it.name, wanted) && !is_known(&it.name))
            .map(|it| hit(it.name, "Member of the workspace".to_owned(), MEMBERS.to_owned()))
            .collect();
        let projects = projects.into_iter().filter(|it| fits(&it.name, wanted));
        let people = people.into_iter().filter(|it| fits(&it.name, wanted));
        let project = |it: domain::project::Project| {
            hit(it.name, String::new(), format!("/projects/{}", it.id))
        };
        let person = |it: domain::project::Person| {
            let href = format!("/people?name={}", in_query(&it.name));
            hit(it.name, it.title.unwrap_or_default(), href)
        };
        Ok([
            group(Kind::Project, projects.map(project), FEW),
            group(Kind::Person, people.map(person).chain(members), FEW),
        ])
    }

    /// Flows by name, and the last runs of the first of them.
    async fn flows_and_runs(
        &self,
        actor: &Actor,
        words: &str,
    ) -> Result<(Option<Group>, Option<Group>), Problem> {
        let filter = FlowFilter {
            name: Some(words.to_owned()),
            engine: Some(FlowEngine::Builtin),
            limit: u32::try_from(FEW + 1).ok(),
            ..FlowFilter::default()
        };
        let found = self.flows.list(actor, &filter).await?.data;
        let runs = match found.first() {
            Some(first) => {
                let flow_id = Some(first.id.clone());
                let filter = RunFilter { flow_id, limit: Some(RUNS), ..RunFilter::default() };
                self.runs.list(actor, &filter).await?.data
            }
            None => Vec::new(),
        };
        let flow = |it: domain::flow::listing::FlowSummary| {
            hit(it.name, String::new(), format!("/flows/{}", it.id))
        };
        let run = |it: Run| Hit {
            status: Some(it.status),
            href: format!("/runs/{}", it.id),
            at: Some(it.created),
            ..hit(it.flow_name, String::new(), String::new())
        };
        let flows = group(Kind::Flow, found.into_iter().map(flow), FEW);
        Ok((flows, group(Kind::Run, runs.into_iter().map(run), FEW)))
    }

    /// Records that hold the words, the best first; none while the mirror is not filled.
    async fn records(
        &self,
        actor: &Actor,
        words: &str,
        most: usize,
    ) -> Result<Option<Group>, Problem> {
        let Some(mut mirror) = self.basecamp.mirrored(actor).await? else { return Ok(None) };
        let limit = i64::try_from(most + 1).unwrap_or(i64::MAX);
        let ids = mirror.search(words, limit).await?;
        drop(mirror);
        let Some(mut stories) = self.basecamp.stories(actor).await? else { return Ok(None) };
        let mut hits = Vec::new();
        for id in ids {
            hits.extend(stories.record(id).await?.as_ref().and_then(of_story));
        }
        Ok(group(Kind::Record, hits.into_iter(), most))
    }

    fn templates(&self, wanted: &str) -> Option<Group> {
        let fitting = self.flows.templates().iter().filter(|it| fits(&it.name, wanted));
        let template = |it: &domain::flow::templates::Template| {
            hit(it.name.clone(), it.summary.clone(), "/flows/templates".to_owned())
        };
        group(Kind::Template, fitting.map(template), FEW)
    }
}

fn hit(title: String, sub: String, href: String) -> Hit {
    Hit { title, sub, href, ..Hit::default() }
}

/// At most so many of a kind; none when there are none.
fn group(kind: Kind, hits: impl Iterator<Item = Hit>, most: usize) -> Option<Group> {
    let mut hits: Vec<Hit> = hits.take(most + 1).collect();
    let more = hits.len() > most;
    hits.truncate(most);
    (!hits.is_empty()).then_some(Group { kind, hits, more })
}

/// A record as it is opened over the page of its project; none for what has no page of its own there.
fn of_story(story: &Value) -> Option<Hit> {
    let kind = record::Kind::ALL.into_iter().find(|it| story["type"] == it.as_str())?;
    let (project, id) = (story["project"]["id"].as_i64()?, story["id"].as_i64()?);
    let done = if story["completed"] == true { ", completed" } else { "" };
    let names = [&story["place"]["name"], &story["project"]["name"]];
    let names: Vec<&str> =
        names.iter().filter_map(|it| it.as_str()).filter(|it| !it.is_empty()).collect();
    let sub = format!("{} in {}{done}", kind.label(), names.join(", "));
    let title = story["title"].as_str().filter(|it| !it.is_empty()).unwrap_or(kind.label());
    Some(hit(title.to_owned(), sub, format!("/projects/{project}?item={id}")))
}

fn fits(name: &str, wanted: &str) -> bool {
    holds(&plain(name), wanted)
}

/// As it stands in the query of an address; a space there is no plus, which some read as one.
fn in_query(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

/// In lower case and without accents, so that "lucia" finds Lucía.
fn plain(text: &str) -> String {
    text.nfd().filter(|it| !is_combining_mark(*it)).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_are_found_without_their_accents() {
        assert!(fits("Lucía Ferrer", &plain("lucia f")));
        assert!(fits("Lucia Ferrer", &plain("Lucía")));
        assert!(!fits("Lucía Ferrer", &plain("ben")));
    }

    #[test]
    fn a_name_fits_into_an_address() {
        assert_eq!(in_query("Ann+Zoë & Co"), "Ann%2BZo%C3%AB%20%26%20Co");
    }

    #[test]
    fn a_record_is_opened_over_its_project() {
        let story = json!({
            "id": 7, "type": "Todo", "title": "Menu board copy", "completed": true,
            "project": {"id": 3, "name": "Halden"}, "place": {"id": 4, "name": "Print"},
        });
        let found = of_story(&story).unwrap();
        assert_eq!(
            (found.href.as_str(), found.sub.as_str()),
            ("/projects/3?item=7", "To-do in Print, Halden, completed")
        );
        assert_eq!(of_story(&json!({"id": 7, "type": "Question"})), None);
    }

    #[test]
    fn a_group_says_when_there_is_more() {
        let hits = |count| (0..count).map(|_| Hit::default());
        assert_eq!(group(Kind::Flow, hits(0), 2), None);
        assert_eq!(group(Kind::Flow, hits(2), 2).map(|it| it.more), Some(false));
        let cut = group(Kind::Flow, hits(9), 2).unwrap();
        assert_eq!((cut.hits.len(), cut.more), (2, true));
    }
}
