//! How long the runs of flows are kept, what room they take, and what would go.

use crate::error::AppError;
use crate::runs::words::count;
use crate::settings::keeping_fns::{load_keeping, save_keeping, try_keeping};
use crate::ui::button::{Button, Kind};
use crate::ui::form::FormProblems;
use crate::ui::kept::Kept;
use crate::ui::problem::FormProblem;
use crate::ui::skeleton::CardSkeleton;
use crate::ui::toast::use_toasts;
use crate::ui::typed::Line;
use domain::flow::keeping::{Keeping, KeepingReport, RunRoom};
use domain::problem::Problem;
use leptos::prelude::*;

/// "12.4 MB".
fn megabytes(bytes: u64) -> String {
    match bytes {
        0 => "nothing".to_owned(),
        1..100_000 => "less than 0.1 MB".to_owned(),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

fn runs(room: RunRoom) -> String {
    count(usize::try_from(room.runs).unwrap_or(usize::MAX), "run", "runs")
}

/// A number that was typed; nothing stands for the usual way.
fn whole(field: &'static str, typed: &str) -> Result<Option<u64>, Problem> {
    match typed.trim() {
        "" => Ok(None),
        typed => typed
            .parse()
            .map(Some)
            .map_err(|_| Problem::invalid(field, "Give a whole number, or leave it empty")),
    }
}

/// What stands in the form.
#[derive(Clone, Copy)]
struct Typed {
    days: RwSignal<String>,
    megabytes: RwSignal<String>,
}

impl Typed {
    fn read(self) -> Result<Keeping, AppError> {
        let days = self.days.with_untracked(|it| whole("days", it));
        let megabytes = self.megabytes.with_untracked(|it| whole("megabytes", it));
        Ok(Keeping {
            days: days.map_err(AppError::Problem)?,
            megabytes: megabytes.map_err(AppError::Problem)?,
        })
    }

    fn show(self, keeping: Keeping) {
        let text = |it: Option<u64>| it.map_or_else(String::new, |it| it.to_string());
        self.days.set(text(keeping.days));
        self.megabytes.set(text(keeping.megabytes));
    }
}

type Act<T> = Action<Result<Keeping, AppError>, Result<T, AppError>>;

/// The section.
#[component]
pub(crate) fn KeepingSection() -> impl IntoView {
    let save: Act<()> = Action::new(|typed: &Result<Keeping, AppError>| {
        let typed = typed.clone();
        async move { save_keeping(typed?).await }
    });
    let attempt: Act<RunRoom> = Action::new(|typed: &Result<Keeping, AppError>| {
        let typed = typed.clone();
        async move { try_keeping(typed?).await }
    });
    let report = Resource::new(move || save.version().get(), |_| load_keeping());
    let toasts = use_toasts();
    Effect::new(move || {
        if save.value().with(|it| matches!(it, Some(Ok(())))) {
            attempt.clear();
            toasts.say("Runs are kept so from now on");
        }
    });
    view! {
        <section class="card" aria-labelledby="keeping-h" style="max-inline-size: 40rem">
            <div class="card__head"><h2 id="keeping-h">"Runs of flows"</h2></div>
            <div class="card__body stack stack--4">
                <Kept
                    of=report
                    skeleton=|| view! { <CardSkeleton count=2 /> }
                    children=move |it| view! { <KeepingForm report=it save=save attempt=attempt /> }
                />
            </div>
        </section>
    }
}

#[component]
fn KeepingForm(
    report: Signal<Option<KeepingReport>>,
    save: Act<()>,
    attempt: Act<RunRoom>,
) -> impl IntoView {
    let typed =
        Typed { days: RwSignal::new(String::new()), megabytes: RwSignal::new(String::new()) };
    let stored = Memo::new(move |_| report.with(|it| it.map(|it| it.keeping).unwrap_or_default()));
    Effect::new(move |_| typed.show(stored.get()));
    let problems = move |field: &'static str| {
        let (saved, tried) = (FormProblems::of(save.value()), FormProblems::of(attempt.value()));
        Signal::derive(move || saved.field(field).get().or_else(|| tried.field(field).get()))
    };
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        attempt.clear();
        save.dispatch(typed.read());
    };
    let look = move |_| {
        save.clear();
        attempt.dispatch(typed.read());
    };
    let usual = move || report.with(|it| it.map_or(30, |it| it.usual_days));
    view! {
        <p>{move || report.get().map(there)}</p>
        <form class="stack stack--4" on:submit=on_submit>
            <FormProblem error=FormProblems::of(save.value()).rest(&["days", "megabytes"]) />
            <Line id="keep-days" label="Days" value=typed.days error=problems("days") />
            <p class="hint">{move || format!("Ended runs are kept for so many days. Empty means {}.", usual())}</p>
            <Line id="keep-mb" label="Megabytes" value=typed.megabytes error=problems("megabytes")
                hint="The values of runs may take so much; the oldest go first. Empty means no limit of this workspace." />
            <Going attempt=attempt />
            <div class="row">
                <Button kind=Kind::Primary r#type="submit" busy=save.pending()>"Save"</Button>
                <Button busy=attempt.pending() on:click=look>"See what would go"</Button>
            </div>
        </form>
    }
}

/// What is there, and what of it the present way takes away.
fn there(report: KeepingReport) -> String {
    let there =
        format!("{} that ended take {}.", runs(report.there), megabytes(report.there.bytes));
    match report.goes.runs {
        0 => there,
        _ => format!("{there} {} of them go within the hour.", report.goes.runs),
    }
}

/// What would go, once somebody looked.
#[component]
fn Going(attempt: Act<RunRoom>) -> impl IntoView {
    let words = move || match attempt.value().get()? {
        Ok(RunRoom { runs: 0, .. }) => Some("No run would go.".to_owned()),
        Ok(goes) => {
            Some(format!("{} would go within the hour, {}.", runs(goes), megabytes(goes.bytes)))
        }
        Err(_) => None,
    };
    view! { <p role="status" class="sm">{words}</p> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_said_in_megabytes() {
        assert_eq!([0, 5, 1_250_000].map(megabytes), ["nothing", "less than 0.1 MB", "1.2 MB"]);
    }

    #[test]
    fn nothing_typed_is_the_usual_way() {
        assert_eq!(whole("days", " ").unwrap(), None);
        assert_eq!(whole("days", "90").unwrap(), Some(90));
        assert!(whole("days", "soon").is_err());
    }
}
