//! Words of a question that nothing was made of: they could change what is asked, so they are named and not passed over.

use super::phrase::Phrase;

/// Words that a question about to-dos can hold without narrowing it further.
const KNOWN: &str = "a|an|the|of|in|on|at|for|from|by|to|with|and|or|that|which|who|whose|what|what's|whats|when|where|\
     how|many|much|is|are|was|were|be|been|being|do|does|did|have|has|had|having|there|there's|it|its|this|these|those|\
     they|them|their|we|us|our|ours|you|your|i|i'm|i've|me|my|mine|myself|everyone|everybody|anyone|anybody|any|all|\
     everything|anything|something|every|each|some|thing|things|stuff|one|ones|item|items|work|to-do|to-dos|todo|todos|\
     task|tasks|deadline|deadlines|list|lists|show|see|give|get|display|tell|find|read|check|project|projects|team|\
     basecamp|due|overdue|late|open|left|still|not|yet|already|past|date|dates|day|days|\
     behind|schedule|running|slipped|slip|risk|should|must|need|needs|needed|can|could|will|would|finish|finished|done|\
     doing|do|start|coming|up|upcoming|soon|next|now|today|tomorrow|right|currently|current|please|thanks|just|also|\
     total|altogether|assigned|working|work|plate|desk|remaining|remain|remains|outstanding|unfinished|pending|active|\
     happening|going|anywhere|across|over|overall|here|quick|full|complete_list|out|more|than|missed|miss|looking|like|\
     so|far|as|if|then|well|hey|ok|okay|am|let|know|expected|posted|written|announced|announce|said|say|first|supposed|workspace|company|long|whole|\
     entire|exactly|actually|really|only";

/// The words that are neither known nor part of a name in `about`, as they were said; none when every word has its use.
pub(crate) fn unused(phrase: &Phrase, about: &[String]) -> Option<String> {
    let names: Vec<Vec<String>> = about.iter().map(|it| words(it)).collect();
    let is_named = |word: &str| names.iter().flatten().any(|it| it == word);
    let mut left: Vec<String> = Vec::new();
    for at in 0..phrase.len() {
        let word = phrase.part(at, at + 1);
        let text = word.text();
        let bare = bare(&text);
        let is_used = bare.is_empty() || word.has(KNOWN) || is_named(&bare);
        if !is_used {
            left.push(text);
        }
    }
    (!left.is_empty()).then(|| left.join(" "))
}

fn words(name: &str) -> Vec<String> {
    name.split_whitespace().map(bare).collect()
}

/// A word without the sign of an owner and the punctuation around it.
fn bare(word: &str) -> String {
    let lower = word.to_lowercase();
    let lower = lower.trim_matches(|it: char| !it.is_alphanumeric());
    lower.strip_suffix("'s").unwrap_or(lower).to_owned()
}

/// Whether a question ends with "there" for a place, as "what is overdue there?" does and "what is there?" does not.
pub(crate) fn points_there(phrase: &Phrase) -> bool {
    let Some(at) = phrase.len().checked_sub(1).filter(|it| *it > 0) else { return false };
    phrase.part(at, at + 1).has("there")
        && !phrase.part(at - 1, at).has("is|are|was|were|what's|be|how|who|left_is")
}
