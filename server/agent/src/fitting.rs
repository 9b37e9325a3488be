//! What a model is told fits what it can read. What was put in short words for that is kept for the answers after it.

use crate::catalogue;
use crate::compaction::{self, PutAway};
use crate::llm::Prompt;
use crate::models::Candidate;
use crate::runtime::Runtime;
use crate::turn::Turn;
use domain::problem::Problem;
use domain::trace::TraceStatus;
use store::chat::{journal, leases, summaries};

impl Turn {
    /// What the model can read of `prompt`, with the tools that fit.
    pub(crate) async fn fitted(
        &self,
        candidate: &Candidate,
        prompt: &Prompt,
    ) -> Result<Prompt, Problem> {
        let mut offered = prompt.clone();
        offered.tools = catalogue::chosen(&self.agent.0.tools, &self.actor, prompt);
        offered.others.clone_from(&self.others);
        let keeps_summary = self.runtime() == Runtime::V2;
        let put_away = compaction::fit(&mut offered, candidate.provider.window(), keeps_summary);
        if let Some(put_away) = put_away.filter(|_| keeps_summary) {
            self.keep_summary(put_away).await?;
        }
        Ok(offered)
    }

    async fn keep_summary(&self, put_away: PutAway) -> Result<(), Problem> {
        let PutAway { count, summary } = put_away;
        let line = self.line("compaction", "compaction", "Put the beginning in short words");
        let detail = format!("{count} earlier turns or results");
        let (event, data) = line.event(TraceStatus::Info, &detail, None);
        let (run, node, place) =
            (self.run.run.id.clone(), self.agent.0.node.clone(), self.place.clone());
        let write = self.agent.0.db.write(move |tx| {
            Box::pin(async move {
                if !leases::renew(tx, &run, &node).await? {
                    return Ok::<_, Problem>(());
                }
                if let Some(summary) = &summary {
                    summaries::keep(tx, &place.workspace, &place.session, summary).await?;
                }
                journal::append(tx, &place, event, data).await?;
                Ok(())
            })
        });
        write.await
    }
}
