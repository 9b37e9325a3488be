//! Hours summed up and check-ins by their question.

use basecamp::asked::Hours;
use basecamp::said::Said;
use std::collections::BTreeMap;

/// The hours of one person or one project.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    /// The person or the project; none for people that Basecamp does not tell.
    pub id: Option<i64>,
    /// Their name.
    pub name: String,
    /// Hours.
    pub hours: f64,
    /// In how many entries.
    pub entries: usize,
}

/// Hours by whom and by what, the most first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    /// All of them.
    pub hours: f64,
    /// By person.
    pub people: Vec<Share>,
    /// By project.
    pub projects: Vec<Share>,
}

/// The answers to one question, the newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// The question; none where Basecamp does not tell.
    pub question_id: Option<i64>,
    /// In its words.
    pub question: String,
    /// The project.
    pub project_id: i64,
    /// What people said.
    pub answers: Vec<Said>,
}

/// Sums `entries` up.
pub fn sheet(entries: &[Hours]) -> Sheet {
    let person = |it: &Hours| match &it.person {
        Some((id, name)) => (Some(*id), name.clone()),
        None => (None, "Unknown".to_owned()),
    };
    Sheet {
        hours: entries.iter().fold(0.0, |sum, it| sum + it.hours),
        people: shares(entries, person),
        projects: shares(entries, |it| (Some(it.project_id), it.project.clone())),
    }
}

fn shares(entries: &[Hours], of: impl Fn(&Hours) -> (Option<i64>, String)) -> Vec<Share> {
    let mut by: BTreeMap<(Option<i64>, String), (f64, usize)> = BTreeMap::new();
    for it in entries {
        let share = by.entry(of(it)).or_default();
        *share = (share.0 + it.hours, share.1 + 1);
    }
    let share = |((id, name), (hours, entries))| Share { id, name, hours, entries };
    let mut all: Vec<Share> = by.into_iter().map(share).collect();
    all.sort_by(|one, other| other.hours.total_cmp(&one.hours));
    all
}

/// `answers` by their question, the one that was answered last first.
pub fn digest(answers: Vec<Said>) -> Vec<Digest> {
    let mut all: Vec<Digest> = Vec::new();
    for it in answers {
        match all.iter_mut().find(|known| known.question_id == it.parent_id) {
            Some(known) => known.answers.push(it),
            None => all.push(Digest {
                question_id: it.parent_id,
                question: it.parent.clone(),
                project_id: it.project_id,
                answers: vec![it],
            }),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(person: Option<(i64, &str)>, project: i64, hours: f64) -> Hours {
        Hours {
            project_id: project,
            project: format!("Project {project}"),
            person: person.map(|(id, name)| (id, name.to_owned())),
            on: String::new(),
            day: "2026-02-18".to_owned(),
            hours,
        }
    }

    #[test]
    fn hours_are_summed_by_person_and_project_the_most_first() {
        let entries = [
            entry(Some((1, "Amara")), 7, 1.5),
            entry(Some((2, "Ben")), 7, 4.0),
            entry(Some((1, "Amara")), 8, 1.0),
            entry(None, 8, 0.5),
        ];
        let sheet = sheet(&entries);
        assert!((sheet.hours - 7.0).abs() < f64::EPSILON);
        let people: Vec<(&str, usize)> =
            sheet.people.iter().map(|it| (it.name.as_str(), it.entries)).collect();
        assert_eq!(people, [("Ben", 1), ("Amara", 2), ("Unknown", 1)]);
        assert_eq!(sheet.projects.iter().map(|it| it.id).collect::<Vec<_>>(), [Some(7), Some(8)]);
    }
}
