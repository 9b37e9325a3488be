//! Who a person may let answer from the box they type into: the same choice as under Settings, Assistant.

use crate::agent::Agent;
use crate::makers::{ACCEPTED, Maker};
use domain::actor::{Actor, Permission};
use domain::assistant::ModelChoice;
use domain::problem::Problem;
use store::db::Conn;
use store::model_keys;

impl Agent {
    /// Lets one of [`model_choices`] answer the actor from now on, on every page.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to read, [`Problem::Invalid`] for one that is not among them.
    pub async fn choose_model(&self, actor: &Actor, provider: &str) -> Result<(), Problem> {
        actor.require(Permission::Read)?;
        let mut conn = self.0.db.read().await?;
        let choices = model_choices(&mut conn, actor).await?;
        drop(conn);
        let chosen = choices.into_iter().find(|it| it.provider == provider);
        let refused = || Problem::invalid("provider", format!("Test its key first. {ACCEPTED}"));
        let chosen = chosen.ok_or_else(refused)?;
        let model = Some(chosen.model).filter(|it| !it.is_empty());
        let choice = (Maker::parse(&chosen.provider), model);
        self.keep_choice(actor, actor.user.as_str(), choice, None).await
    }
}

/// Whoever the workspace chose, the built-in assistant, and the actor's own keys that passed a test or are in use.
pub(crate) async fn model_choices(
    conn: &mut Conn,
    actor: &Actor,
) -> Result<Vec<ModelChoice>, Problem> {
    let chosen = model_keys::personal(conn, &actor.workspace, &actor.user).await?;
    let (provider, model) = chosen.map_or((None, None), |it| (it.provider, it.model));
    let provider = provider.unwrap_or_default();
    let choice = |name: &str, model: String| {
        let is_chosen = name == provider;
        ModelChoice { provider: name.to_owned(), model, is_chosen }
    };
    let mut all = vec![choice("", String::new()), choice(Maker::Builtin.name(), String::new())];
    for key in model_keys::of(conn, &actor.workspace, actor.user.as_str()).await? {
        let is_chosen = key.provider == provider;
        let own = model.clone().filter(|_| is_chosen).or(key.model).filter(|it| !it.is_empty());
        let Some(own) = own.filter(|_| is_chosen || key.validated_at.is_some()) else { continue };
        all.push(choice(&key.provider, own));
    }
    Ok(all)
}
