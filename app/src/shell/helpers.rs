//! Who can help somebody whose role does not include something.

use crate::settings::server_fns::load_members;
use domain::account::Member;
use domain::actor::Permission;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// How many are named; the others are counted.
const NAMED: usize = 2;

/// The people of the workspace, read when somebody needs help for the first time. It outlives the page that asks.
#[derive(Clone, Copy)]
pub struct Helpers(RwSignal<Option<Vec<Member>>>);

impl Helpers {
    /// Makes it available to everything inside the frame.
    pub(crate) fn provide() {
        provide_context(Self(RwSignal::new(None)));
    }

    fn load(self) {
        if self.0.with_untracked(Option::is_some) {
            return;
        }
        spawn_local(async move {
            // Without their names the sentence speaks of an admin.
            if let Ok(members) = load_members().await {
                self.0.try_set(Some(members));
            }
        });
    }
}

/// "Ask Amara Osei." of those who have `needs`; of an admin until they are known. The page is drawn with the latter.
pub fn who_can_help(needs: Permission) -> Signal<String> {
    let helpers = use_context::<Helpers>();
    Effect::new(move || {
        if let Some(helpers) = helpers {
            helpers.load();
        }
    });
    Signal::derive(move || {
        let names =
            helpers.and_then(|it| it.0.with(|all| all.as_deref().map(|it| names(it, needs))));
        format!(
            "Ask {}.",
            names.filter(|it| !it.is_empty()).unwrap_or_else(|| nobody(needs).to_owned())
        )
    })
}

fn nobody(needs: Permission) -> &'static str {
    match needs {
        Permission::Platform => "a super admin of this server",
        _ => "an admin of this workspace",
    }
}

/// "Amara Osei", "Amara Osei or Ben Okafor", "Amara Osei, Ben Okafor or 3 others".
fn names(members: &[Member], needs: Permission) -> String {
    let may =
        members.iter().filter(|it| it.role.can(needs) && it.status.as_deref() != Some("disabled"));
    let all: Vec<&str> = may.map(|it| it.name.as_str()).collect();
    match all.split_at(all.len().min(NAMED)) {
        (named, []) => named.join(" or "),
        (named, [one]) => format!("{} or {one}", named.join(", ")),
        (named, rest) => format!("{} or {} others", named.join(", "), rest.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::actor::Role;
    use domain::ids::UserId;

    fn member(name: &str, role: Role) -> Member {
        Member {
            id: UserId::from(name),
            name: name.to_owned(),
            email: None,
            role,
            status: None,
            last_login_at_ms: None,
            last_seen_at_ms: None,
        }
    }

    #[test]
    fn those_who_may_are_named() {
        let mut all = vec![
            member("Amara", Role::SuperAdmin),
            member("Ben", Role::WorkspaceAdmin),
            member("Cy", Role::Member),
        ];
        assert_eq!(names(&all, Permission::Manage), "Amara or Ben");
        assert_eq!(names(&all, Permission::Platform), "Amara");
        assert_eq!(names(&[], Permission::Manage), "");
        all.push(member("Dee", Role::WorkspaceAdmin));
        assert_eq!(names(&all, Permission::Manage), "Amara, Ben or Dee");
        all.push(member("Eli", Role::WorkspaceAdmin));
        assert_eq!(names(&all, Permission::Manage), "Amara, Ben or 2 others");
    }
}
