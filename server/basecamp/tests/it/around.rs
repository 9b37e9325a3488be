//! What stands around the to-dos of a project: what happened last, what comes, and how much is on its tabs.

use crate::TODAY;
use crate::mirror::World;
use domain::record::{Deed, Kind, News, Part, Tab};
use reqwest::Method;
use serde_json::json;

impl World {
    async fn website(&self) -> i64 {
        let projects = self.basecamp.projects(&self.admin).await.unwrap();
        projects.iter().find(|it| it.name == "Website relaunch").unwrap().id
    }

    async fn newest(&self, project: i64) -> Vec<News> {
        self.basecamp.latest(&self.admin, project).await.unwrap().unwrap()
    }
}

#[tokio::test]
async fn what_happened_last_is_told_by_basecamp_and_then_by_the_mirror() {
    for world in World::all().await {
        let (place, project) = (world.test.name, world.website().await);
        let work = match world.basecamp.work(&world.admin, project).await.unwrap() {
            Part::On(work) => work,
            Part::Off => panic!("{place}: the tool is off"),
        };
        let open: Vec<_> = work.todos.iter().filter(|it| !it.completed).collect();
        let (done, talked, moved) = (open[0], open[1], open[2]);
        assert!(world.basecamp.counts(&world.admin, project).await.unwrap().is_empty(), "{place}");
        world.basecamp.sync_once().await.unwrap();
        let path = format!("todos/{}/completion.json", done.id);
        world.upstream(Method::POST, &path, json!({})).await;
        let path = format!("recordings/{}/comments.json", talked.id);
        world.upstream(Method::POST, &path, json!({"content": "<div>On it.</div>"})).await;
        let people: Vec<i64> = moved.people.iter().map(|it| it.id).collect();
        let body = json!({"content": moved.title, "due_on": "2030-01-07", "assignee_ids": people});
        world.upstream(Method::PUT, &format!("todos/{}.json", moved.id), body).await;
        world.sync().await;

        let told = world.newest(project).await;
        let find = |deed: &Deed, title: &str| {
            told.iter()
                .find(|it| it.deed == *deed && it.title == title)
                .unwrap_or_else(|| panic!("{place}: {deed:?} of {title} is not in {told:?}"))
        };
        assert_eq!(find(&Deed::Completed, &done.title).item, Some(done.id));
        assert!(find(&Deed::Completed, &done.title).who.is_some(), "{place}");
        assert_eq!(find(&Deed::Commented, &talked.title).item, Some(talked.id));
        let who = find(&Deed::Due("2030-01-07".into()), &moved.title).who.as_deref();
        assert_eq!(who, Some(sandbox::world::OWNER), "{place}: the feed names who did it");
        let all = world.basecamp.latest_of_all(&world.admin, 0).await.unwrap().unwrap();
        assert!(all.is_sorted_by(|one, other| one.at_ms >= other.at_ms), "{place}: {all:?}");
        let is_there = |it: &News| it.project_id == project && !it.project.is_empty();
        assert!(all.iter().any(is_there) && all.len() <= 12, "{place}: {all:?}");
        assert!(told.is_sorted_by(|one, other| one.at_ms >= other.at_ms), "{place}: {told:?}");
        assert!(told.len() <= 8, "{place}");

        world.set_client(true).await;
        let live = world.newest(project).await;
        let is_done = |it: &News| it.deed == Deed::Completed && it.title == done.title;
        assert!(live.iter().any(is_done), "{place}: {live:?}");
        assert!(world.basecamp.counts(&world.admin, project).await.unwrap().is_empty(), "{place}");
    }
}

#[tokio::test]
async fn what_comes_is_dates_to_dos_and_cards_and_tabs_count_what_is_on_them() {
    for world in World::all().await {
        let (place, project) = (world.test.name, world.website().await);
        let work = world.basecamp.work(&world.admin, project).await.unwrap();
        let live = world.basecamp.coming(&world.admin, (project, &work), TODAY).await.unwrap();
        world.basecamp.sync_once().await.unwrap();
        let coming = world.basecamp.coming(&world.admin, (project, &work), TODAY).await.unwrap();
        assert_eq!(coming, live, "{place}");
        let today = TODAY.to_string();
        assert!(
            !coming.is_empty() && coming.iter().all(|it| it.at >= today),
            "{place}: {coming:?}"
        );
        assert!(coming.is_sorted_by(|one, other| one.at.get(..10) <= other.at.get(..10)));
        let kinds = |kind| coming.iter().any(|it| it.kind == kind);
        assert!(kinds(Kind::Entry) && kinds(Kind::Todo), "{place}: {coming:?}");

        let counts = world.basecamp.counts(&world.admin, project).await.unwrap();
        let of = |tab: Tab| counts.iter().find(|it| it.0 == tab).map(|it| it.1 as usize);
        let open = match &work {
            Part::On(work) => work.todos.iter().filter(|it| !it.completed).count(),
            Part::Off => 0,
        };
        assert_eq!(of(Tab::Todos), Some(open), "{place}");
        let Part::On(messages) = world.basecamp.messages(&world.admin, project).await.unwrap()
        else {
            panic!("{place}: the tool is off")
        };
        assert_eq!(of(Tab::Messages), Some(messages.items.len()), "{place}");
        let team = world.basecamp.on_project(&world.admin, project).await.unwrap().unwrap();
        assert_eq!(of(Tab::People), Some(team.len()), "{place}");
        assert_eq!(of(Tab::Schedule), None, "{place}: what is past would be counted too");
    }
}
