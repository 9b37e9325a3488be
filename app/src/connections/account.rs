//! Choosing the account to work with.

use crate::connections::server_fns::ChooseAccount;
use crate::ui::button::{Button, Kind};
use crate::ui::field::SelectField;
use crate::ui::form::FormProblems;
use crate::ui::problem::FormProblem;
use domain::integration::BasecampAccess;
use leptos::form::ActionForm;
use leptos::prelude::*;

/// The accounts of a sign-in as a list, where there is more than one or none is chosen yet.
#[component]
pub(crate) fn AccountForm(
    /// The connection.
    access: BasecampAccess,
    /// Moves it.
    choose: ServerAction<ChooseAccount>,
) -> impl IntoView {
    let is_shown = access.may_change && (access.accounts.len() > 1 || access.account.is_none());
    let chosen = access.account.map(|it| it.id.to_string()).unwrap_or_default();
    let words = if chosen.is_empty() { "Use this account" } else { "Change account" };
    let kind = if chosen.is_empty() { Kind::Primary } else { Kind::Plain };
    let options: Vec<_> =
        access.accounts.into_iter().map(|it| (it.id.to_string(), it.name)).collect();
    let id = access.id.to_string();
    is_shown.then(|| {
        view! {
            <ActionForm action=choose attr:class="stack">
                <input type="hidden" name="connection" value=id />
                <SelectField label="Basecamp account" name="account" options=options value=chosen large=true />
                <FormProblem error=FormProblems::of(choose.value()).rest(&[]) />
                <div class="row">
                    <Button kind=kind r#type="submit" busy=choose.pending()>{words}</Button>
                </div>
            </ActionForm>
        }
    })
}
