//! What a tool does in Basecamp, as data: which operation, where its parameters come from, how it is undone.

/// One tool over one operation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) tool: &'static str,
    /// Basecamp's name of the operation.
    pub(crate) operation: &'static str,
    /// Path parameters in order: `project` is the project's id, `@vault` the dock's tool, `vault_id|vault` an
    /// argument or else the dock's tool, anything else an argument.
    pub(crate) from: &'static str,
    pub(crate) does: Does,
}

/// What comes of it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Does {
    /// One record under this name.
    Get(&'static str),
    /// A collection under this name.
    List(&'static str),
    /// The collection in a field of one record: field, name.
    Part(&'static str, &'static str),
    /// The short form of one record.
    Short(&'static str),
    /// A change.
    Write(Writing),
}

/// A change.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Writing {
    /// The name of the record in the answer.
    pub(crate) entity: &'static str,
    pub(crate) verb: Verb,
    /// The operation that reads the record (for a creation: the record it goes into), and its parameters. Empty when
    /// there is none; `any` tries every kind of record.
    pub(crate) read: (&'static str, &'static str),
    /// Arguments that go into the body beside `body`: `name`, `name~` as rich text, `name=field` under another name.
    pub(crate) fields: &'static [&'static str],
    /// What the body always holds.
    pub(crate) fixed: &'static [(&'static str, &'static str)],
    pub(crate) back: Back,
}

/// The sort of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    /// Something new.
    Create,
    /// New values for some fields.
    Change,
    /// Anything else.
    Act,
}

/// How a change is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Back {
    /// It cannot be: why.
    Never(&'static str),
    /// The new record goes to the trash.
    Trash,
    /// Another tool with the same place.
    Tool(&'static str),
    /// A tool that removes what was made, by this argument.
    Remove(&'static str, &'static str),
    /// The same tool with the values from before.
    Earlier,
    /// What was deleted is made again, with these fields.
    Again(&'static str, &'static [&'static str]),
    /// The same tool with two lists of the body exchanged.
    Exchange(&'static str, &'static str),
    /// A raw call: method, and a path in which `{}` is the first parameter.
    Raw(&'static str, &'static str),
}

const WRITE: Writing = Writing {
    entity: "",
    verb: Verb::Act,
    read: ("", ""),
    fields: &[],
    fixed: &[],
    back: Back::Never("there is no way back"),
};

type Text = &'static str;

pub(crate) const fn get(tool: Text, operation: Text, from: Text, entity: Text) -> Plan {
    Plan { tool, operation, from, does: Does::Get(entity) }
}

pub(crate) const fn list(tool: Text, operation: Text, from: Text, items: Text) -> Plan {
    Plan { tool, operation, from, does: Does::List(items) }
}

pub(crate) const fn part(tool: Text, operation: Text, from: Text, names: (Text, Text)) -> Plan {
    Plan { tool, operation, from, does: Does::Part(names.0, names.1) }
}

pub(crate) const fn short(tool: Text, operation: Text, from: Text, entity: Text) -> Plan {
    Plan { tool, operation, from, does: Does::Short(entity) }
}

/// A creation inside the record that `read` reads with the same parameters.
pub(crate) const fn create(tool: Text, operation: Text, from: Text, names: (Text, Text)) -> Plan {
    let writing = Writing {
        entity: names.0,
        verb: Verb::Create,
        read: (names.1, from),
        back: Back::Trash,
        ..WRITE
    };
    Plan { tool, operation, from, does: Does::Write(writing) }
}

/// New values for some fields of the record that `read` reads with the same parameters.
pub(crate) const fn change(tool: Text, operation: Text, from: Text, names: (Text, Text)) -> Plan {
    let writing = Writing {
        entity: names.0,
        verb: Verb::Change,
        read: (names.1, from),
        back: Back::Earlier,
        ..WRITE
    };
    Plan { tool, operation, from, does: Does::Write(writing) }
}

/// Anything else that is done to the record that `read` reads.
pub(crate) const fn act(tool: Text, operation: Text, from: Text, names: (Text, Text)) -> Plan {
    let writing = Writing { entity: names.0, read: (names.1, from), ..WRITE };
    Plan { tool, operation, from, does: Does::Write(writing) }
}

impl Plan {
    const fn writing(self, writing: Writing) -> Self {
        Self { does: Does::Write(writing), ..self }
    }

    const fn write(self) -> Writing {
        match self.does {
            Does::Write(writing) => writing,
            _ => WRITE,
        }
    }

    /// With arguments that go into the body.
    pub(crate) const fn taking(self, fields: &'static [&'static str]) -> Self {
        self.writing(Writing { fields, ..self.write() })
    }

    /// With fields the body always holds.
    pub(crate) const fn always(self, fixed: &'static [(Text, Text)]) -> Self {
        self.writing(Writing { fixed, ..self.write() })
    }

    /// Taken back like this.
    pub(crate) const fn back(self, back: Back) -> Self {
        self.writing(Writing { back, ..self.write() })
    }

    /// The record is read with other parameters.
    pub(crate) const fn reading(self, operation: Text, from: Text) -> Self {
        self.writing(Writing { read: (operation, from), ..self.write() })
    }
}
