//! `{{name}}` in what people write, as an expression that the engine knows.

/// What a name without a step can mean.
#[derive(Clone, Debug, Default)]
pub(crate) struct References {
    /// The trigger gives the fields themselves, without a body around them.
    pub(crate) gives_fields: bool,
    /// The loop the steps are in, for `{{item}}`.
    pub(crate) inside: Option<String>,
}

impl References {
    /// A field named without braces is one of what arrived.
    pub(crate) fn field(&self, words: &str) -> String {
        if words.contains("{{") {
            return self.value(words);
        }
        let words = words.trim().trim_start_matches("the ").trim_start_matches("its ");
        self.reference(words)
    }

    /// Text in which `{{name}}` means what the trigger or the loop gives.
    pub(crate) fn value(&self, text: &str) -> String {
        let mut whole = String::new();
        let mut rest = text;
        while let Some((before, token, after)) = next_token(rest) {
            whole.push_str(before);
            whole.push_str(&self.reference(token));
            rest = after;
        }
        whole + rest
    }

    fn reference(&self, token: &str) -> String {
        let token = token.trim();
        let root: String =
            token.chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect();
        if root == "trigger" || root == "connections" || root.starts_with("step_") {
            return format!("{{{{{token}}}}}");
        }
        let path: Vec<&str> = token.split('.').map(str::trim).filter(|it| !it.is_empty()).collect();
        let (base, path) = match (&self.inside, self.gives_fields, path.as_slice()) {
            (Some(step), _, ["item", rest @ ..]) => (format!("{step}['item']"), rest),
            (_, true, path) => ("trigger".to_owned(), path),
            (_, false, ["body", rest @ ..]) => ("trigger['body']".to_owned(), rest),
            (_, false, path) => ("trigger['body']".to_owned(), path),
        };
        let keys: String =
            path.iter().map(|it| format!("['{}']", it.replace(['\'', '\\'], ""))).collect();
        format!("{{{{{base}{keys}}}}}")
    }
}

fn next_token(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("{{")?;
    let (token, after) = rest.split_once("}}")?;
    Some((before, token, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(inside: Option<&str>, text: &str) -> String {
        References { gives_fields: false, inside: inside.map(str::to_owned) }.value(text)
    }

    #[test]
    fn a_bare_name_is_a_field_of_what_arrived() {
        let expected =
            "Call {{trigger['body']['name']}} at {{trigger['body']['contact']['phone']}}";
        assert_eq!(value(None, "Call {{name}} at {{ contact.phone }}"), expected);
        assert_eq!(value(None, "{{body.name}}"), "{{trigger['body']['name']}}");
        assert_eq!(value(None, "nothing {{ open"), "nothing {{ open");
    }

    #[test]
    fn names_of_steps_stay_and_items_belong_to_their_loop() {
        let named = "{{step_1['id']}} {{trigger['body']}}";
        assert_eq!(value(None, named), named);
        assert_eq!(value(Some("step_2"), "{{item.name}}"), "{{step_2['item']['name']}}");
    }
}
