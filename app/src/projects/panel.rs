//! The open tab of a project.

use crate::error::AppError;
use crate::projects::board::Boards;
use crate::projects::desk::Desk;
use crate::projects::files::Files;
use crate::projects::health::HealthTab;
use crate::projects::messages::Messages;
use crate::projects::overview::Overview;
use crate::projects::schedule::Schedule;
use crate::projects::team::Team;
use crate::projects::todos::Todos;
use crate::ui::empty::Empty;
use crate::ui::kept::Kept;
use crate::ui::skeleton::CardSkeleton;
use domain::record::{Around, Content, Part, ProjectHealth, Shelf, Shown, Tab, Work};
use leptos::prelude::*;

/// What is loaded for the open tab, and at which version of the desk.
pub(crate) type Tabbed = Resource<Result<(u64, Shown), AppError>>;

/// The panel of the open tab.
#[component]
pub(crate) fn Panel(of: Tabbed, tab: Memo<Tab>, desk: Desk) -> impl IntoView {
    view! {
        <Kept of=of skeleton=|| view! { <CardSkeleton /> } let:shown>
            <Inside shown=shown tab=tab desk=desk />
        </Kept>
    }
}

/// Whether the tool of a tab is on; none while another tab's content is still shown.
fn is_on(shown: Option<&Shown>, tab: Tab) -> Option<bool> {
    let shown = shown.filter(|it| it.tab == tab)?;
    Some(!matches!(
        shown.content,
        Content::Work(Part::Off) | Content::Boards(Part::Off) | Content::Shelf(Part::Off)
    ))
}

#[component]
fn Inside(shown: Signal<Option<(u64, Shown)>>, tab: Memo<Tab>, desk: Desk) -> impl IntoView {
    let state = Memo::new(move |_| {
        let tab = tab.get();
        (tab, shown.with(|it| is_on(it.as_ref().map(|it| &it.1), tab)))
    });
    let seen = move || shown.with(|it| it.as_ref().map_or(0, |it| it.0));
    let content = move || shown.get().map(|it| it.1.content);
    let work = Memo::new(move |before: Option<&Work>| match content() {
        Some(Content::Work(Part::On(work)) | Content::Overview(Part::On(work), _)) => {
            desk.foresee(seen(), work)
        }
        Some(Content::Overview(Part::Off, _)) => Work::default(),
        _ => before.cloned().unwrap_or_default(),
    });
    let around = Memo::new(move |before: Option<&Around>| match content() {
        Some(Content::Overview(_, around)) => around,
        _ => before.cloned().unwrap_or_default(),
    });
    let boards = Memo::new(move |before| match content() {
        Some(Content::Boards(Part::On(boards))) => desk.foresee_boards(seen(), boards),
        _ => before.cloned().unwrap_or_default(),
    });
    let team = Memo::new(move |before| match content() {
        Some(Content::Team(team)) => team,
        _ => before.cloned().unwrap_or_default(),
    });
    let health = Memo::new(move |before: Option<&Option<ProjectHealth>>| match content() {
        Some(Content::Health(health)) => Some(health),
        _ => before.cloned().flatten(),
    });
    let shelf = Memo::new(move |_| match content() {
        Some(Content::Shelf(Part::On(shelf))) => Some(desk.foresee_shelf(seen(), shelf)),
        _ => None::<Shelf>,
    });
    move || match state.get() {
        (_, None) => view! { <CardSkeleton /> }.into_any(),
        (tab, Some(false)) => view! { <Off tab=tab /> }.into_any(),
        (Tab::Overview, _) => view! { <Overview work=work around=around desk=desk /> }.into_any(),
        (Tab::Todos, _) => view! { <Todos work=work desk=desk /> }.into_any(),
        (Tab::Board, _) => view! { <Boards boards=boards desk=desk /> }.into_any(),
        (Tab::Messages, _) => view! { <Messages shelf=shelf desk=desk /> }.into_any(),
        (Tab::Schedule, _) => view! { <Schedule shelf=shelf desk=desk /> }.into_any(),
        (Tab::Files, _) => view! { <Files shelf=shelf desk=desk /> }.into_any(),
        (Tab::Health, _) => view! { <HealthTab health=health /> }.into_any(),
        (Tab::People, _) => view! { <Team team=team /> }.into_any(),
    }
}

/// In place of a tab whose tool is off in Basecamp.
#[component]
fn Off(tab: Tab) -> impl IntoView {
    let (icon, title) = match tab {
        Tab::Board => ("board", "This project has no card table"),
        Tab::Messages => ("message", "This project has no message board"),
        Tab::Schedule => ("calendar", "This project has no schedule"),
        Tab::Files => ("layers", "This project keeps no documents and files"),
        Tab::Overview | Tab::Todos | Tab::People | Tab::Health => {
            ("todo", "This project has no to-dos")
        }
    };
    view! { <Empty icon=icon title=title body="The tool is off in Basecamp. Switch it on there and it appears here." /> }
}
