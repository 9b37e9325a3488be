//! What the pages of a project show: the same from Basecamp and from the mirror, and kept while Basecamp is away.

use crate::mirror::{World, eventually};
use domain::problem::Problem;
use domain::record::{Board, Kind, Part, Shelf, Work};

/// Everything the tabs of a project show.
#[derive(Debug, PartialEq)]
struct Seen {
    work: Part<Work>,
    boards: Part<Vec<Board>>,
    messages: Part<Shelf>,
    dates: Part<Shelf>,
    files: Part<Shelf>,
}

fn on<T>(part: Part<T>) -> T {
    match part {
        Part::On(found) => found,
        Part::Off => panic!("the tool is off"),
    }
}

async fn seen(world: &World, project: i64) -> Seen {
    let (api, actor) = (&world.basecamp, &world.admin);
    Seen {
        work: api.work(actor, project).await.unwrap(),
        boards: api.boards(actor, project).await.unwrap(),
        messages: api.messages(actor, project).await.unwrap(),
        dates: api.dates(actor, project).await.unwrap(),
        files: api.files(actor, project).await.unwrap(),
    }
}

#[tokio::test]
async fn pages_show_the_same_from_basecamp_from_the_mirror_and_while_basecamp_is_away() {
    for world in World::all().await {
        let projects = world.basecamp.projects(&world.admin).await.unwrap();
        let project = projects.iter().find(|it| it.name == "Website relaunch").unwrap().id;
        let live = seen(&world, project).await;
        world.basecamp.sync_once().await.unwrap();
        assert_eq!(seen(&world, project).await, live, "{}", world.test.name);
        world.running.stop();
        eventually(|| std::net::TcpStream::connect(world.running.address).is_err()).await;
        assert_eq!(seen(&world, project).await, live, "{}", world.test.name);

        let columns = on(live.boards).remove(0).columns;
        let titles: Vec<&str> = columns.iter().map(|it| it.title.as_str()).collect();
        assert_eq!(titles, ["Triage", "In progress", "Review", "Not now", "Done"]);
        assert!(columns[4].is_done && columns[4].cards[0].title == "Cookie banner");
        assert_eq!(columns[1].cards[0].people[0].name, "Ben Okafor");
        let dates = on(live.dates).items;
        assert_eq!(dates[0].title, "Design review");
        assert_eq!(dates[1].starts_at.as_ref().map(String::len), Some(10), "a whole day");
        let files = on(live.files).items;
        assert_eq!(files[0].kind, Kind::Folder);
        assert!(files.iter().any(|it| it.kind == Kind::Upload && it.bytes == Some(912_384)));
    }
}

#[tokio::test]
async fn groups_follow_their_list_and_loose_todos_come_last() {
    for world in World::all().await {
        world.basecamp.sync_once().await.unwrap();
        let (mut groups, mut loose) = (0, 0);
        for project in world.basecamp.projects(&world.admin).await.unwrap() {
            let work = on(world.basecamp.work(&world.admin, project.id).await.unwrap());
            for (at, place) in work.places.iter().enumerate() {
                if let Some(list) = place.group_of {
                    groups += 1;
                    let before = &work.places[at - 1];
                    assert!(before.id == list || before.group_of == Some(list));
                }
                loose += usize::from(place.is_loose);
                assert!(!place.is_loose || at == work.places.len() - 1);
            }
            let known = |id: i64| work.places.iter().any(|it| it.id == id);
            assert!(work.todos.iter().all(|it| known(it.parent_id)));
        }
        assert!(groups > 0 && loose > 0, "{}", world.test.name);
    }
}

#[tokio::test]
async fn what_was_removed_meanwhile_says_so_and_other_projects_hide_it() {
    for world in World::all().await {
        world.basecamp.sync_once().await.unwrap();
        let projects = world.basecamp.projects(&world.admin).await.unwrap();
        let work = on(world.basecamp.work(&world.admin, projects[0].id).await.unwrap());
        let todo = work.todos[0].id;
        let found = world.basecamp.detail(&world.admin, projects[0].id, todo).await.unwrap();
        assert!(!found.item.is_removed && found.history.is_some_and(|it| !it.is_empty()));
        let other = world.basecamp.detail(&world.admin, projects[1].id, todo).await;
        assert!(matches!(other, Err(Problem::NotFound { .. })));
        world.basecamp.trash_todo(&world.admin, todo).await.unwrap();
        let found = world.basecamp.detail(&world.admin, projects[0].id, todo).await.unwrap();
        assert!(found.item.is_removed, "{}", world.test.name);
    }
}
