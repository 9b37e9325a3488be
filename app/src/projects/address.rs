//! The address of the page of a project: its tab, and the record that is open.

use domain::record::Tab;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

/// Where the page is.
#[derive(Clone, Copy)]
pub(crate) struct Address {
    /// The project.
    pub(crate) project: Signal<i64>,
    /// The open tab; none for one that does not exist.
    pub(crate) tab: Memo<Option<Tab>>,
    /// The open record.
    pub(crate) open: Memo<Option<i64>>,
    /// The open folder of the files.
    pub(crate) folder: Memo<Option<i64>>,
}

/// The address of the page. Older addresses name the tab as a part of the path.
pub(crate) fn use_address() -> Address {
    let (params, query) = (use_params_map(), use_query_map());
    let number = move |name: &'static str| {
        Memo::new(move |_| query.read().get(name).and_then(|it| it.parse::<i64>().ok()))
    };
    let tab = Memo::new(move |_| {
        let named = query.read().get("tab").or_else(|| params.read().get("tab"));
        named.map_or(Some(Tab::default()), |it| Tab::parse(&it))
    });
    let project =
        move || params.read().get("id").and_then(|it| it.parse().ok()).unwrap_or_default();
    Address {
        project: Signal::derive(project),
        tab,
        open: number("item"),
        folder: number("folder"),
    }
}

impl Address {
    fn href(self, tab: Option<Tab>, rest: &str) -> String {
        let project = self.project.get();
        let tab = tab.filter(|it| *it != Tab::default()).map(|it| format!("tab={}", it.key()));
        let parts: Vec<String> =
            tab.into_iter().chain(Some(rest.to_owned()).filter(|it| !it.is_empty())).collect();
        if parts.is_empty() {
            format!("/projects/{project}")
        } else {
            format!("/projects/{project}?{}", parts.join("&"))
        }
    }

    /// A tab.
    pub(crate) fn of_tab(self, tab: Tab) -> String {
        self.href(Some(tab), "")
    }

    /// This page with a record open.
    pub(crate) fn item(self, id: i64) -> Signal<String> {
        Signal::derive(move || {
            let folder = self.folder.get().map(|it| format!("folder={it}&")).unwrap_or_default();
            self.href(self.tab.get(), &format!("{folder}item={id}"))
        })
    }

    /// This page without an open record.
    pub(crate) fn closed(self) -> String {
        let folder = self.folder.get().map(|it| format!("folder={it}")).unwrap_or_default();
        self.href(self.tab.get(), &folder)
    }

    /// The files inside a folder; of the project without one.
    pub(crate) fn of_folder(self, folder: Option<i64>) -> String {
        self.href(Some(Tab::Files), &folder.map(|it| format!("folder={it}")).unwrap_or_default())
    }
}
