//! The tools that are one operation of Basecamp each.

mod places;
mod work;

use crate::plan::Plan;

/// The plan of a tool.
pub(crate) fn find(tool: &str) -> Option<&'static Plan> {
    all().find(|it| it.tool == tool)
}

/// Every plan.
pub(crate) fn all() -> impl Iterator<Item = &'static Plan> {
    [work::PLANS, places::PLANS].into_iter().flatten()
}
