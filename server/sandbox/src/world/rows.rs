//! The rows of the sample world: who, what, when. Days count from the day the account is made.

/// A to-do.
pub(super) struct Row {
    pub(super) title: &'static str,
    /// Initials, as in `TM PR`; empty for nobody.
    pub(super) who: &'static str,
    /// Days until it is due; negative when past.
    pub(super) due: Option<i64>,
    /// Days since it was completed; none while open.
    pub(super) done: Option<i64>,
    pub(super) note: &'static str,
}

const fn open(title: &'static str, who: &'static str, due: i64) -> Row {
    Row { title, who, due: Some(due), done: None, note: "" }
}

const fn undated(title: &'static str, who: &'static str) -> Row {
    Row { title, who, due: None, done: None, note: "" }
}

const fn done(title: &'static str, who: &'static str, due: i64, done: i64) -> Row {
    Row { title, who, due: Some(due), done: Some(done), note: "" }
}

impl Row {
    const fn noted(self, note: &'static str) -> Self {
        Self { note, ..self }
    }
}

/// Name and job.
pub(super) const PEOPLE: [(&str, &str); 8] = [
    ("Amara Osei", "Studio lead"),
    ("Lucía Ferrer", "Brand designer"),
    ("Ben Okafor", "Copywriter"),
    ("Sofia Duarte", "Account manager"),
    ("Priya Raman", "Project manager"),
    ("Mei Tanaka", "Interaction designer"),
    ("Jonas Lindqvist", "Production designer"),
    ("Theo Marsh", "Developer"),
];

type Lists = &'static [(&'static str, &'static [Row])];

/// Name, description and lists. `A / B` is group B of list A; an empty name holds to-dos outside any list.
pub(super) const PROJECTS: [(&str, &str, Lists); 3] = [
    ("Website relaunch", "The studio's own site: new words, new look, live next month", WEBSITE),
    ("Halden Coffee rebrand", "Identity, packaging and launch kit for Halden Coffee", HALDEN),
    ("Marlowe & Sons packaging", "Jars and gift boxes for Marlowe & Sons, print-ready", MARLOWE),
];

const WEBSITE: Lists = &[
    (
        "Content",
        &[
            open("Collect the last case-study photos", "BO", -5)
                .noted("Juniper and Osprey are still missing."),
            open("Write the home page introduction", "BO", 0).noted("Sixty words, no jargon."),
            open("Edit the team biographies", "BO", 3),
            undated("Translate the contact page", ""),
            open("Case study: Juniper Hotels", "BO", 9),
            done("Gather client quotes", "SD", -8, 6),
            done("Agree the page list", "PR", -16, 15),
        ],
    ),
    (
        "Design",
        &[
            open("Home page, final layout", "LF", 2),
            open("Mobile menu", "MT", 4),
            open("Icons for the services page", "LF", 8),
            open("Image treatment for case studies", "LF", 12),
            done("Colour and type tokens", "MT", -5, 4),
            done("Wireframes for five templates", "MT", -14, 12),
        ],
    ),
    (
        "Build",
        &[
            open("Set up redirects from the old site", "TM", -1)
                .noted("The list of old addresses is in Docs & Files."),
            open("Contact form with spam protection", "TM", 5),
            open("Page speed under two seconds on a phone", "TM", 13),
            open("Search across case studies", "", 20),
            done("Hosting and backups", "TM", -9, 9),
            done("Component library", "TM MT", -2, 3),
        ],
    ),
    (
        "Launch day",
        &[
            open("Approve the cookie notice wording", "SD", -2),
            open("Rehearse the switch-over", "TM PR", 15),
            open("Tell clients about the new address", "SD", 16),
        ],
    ),
];

const HALDEN: Lists = &[
    (
        "Brand identity",
        &[
            open("Second-round logo routes", "LF", -4)
                .noted("Two routes, both with the cup as a letter."),
            open("Colour proof on kraft stock", "LF", 0),
            open("Type licence for web and print", "AO", 1),
            open("Client call: routes review", "SD", 2),
            open("Brand guidelines, first draft", "LF", 10),
            done("First-round logo routes", "LF", -12, 11),
            done("Kick-off notes", "PR", -26, 25),
        ],
    ),
    (
        "Packaging",
        &[
            open("Send packaging dielines to printer", "LF", -6)
                .noted("The printer needs them as PDF."),
            open("Sleeve mock-ups, three sizes", "LF", 4),
            open("Quote from second printer", "PR", 6),
            open("Bag label for the decaf blend", "LF", 11),
            undated("Ceramic cup supplier", ""),
            done("Bean bag illustrations", "JL", -1, 2),
            done("Sizes and materials list", "JL", -14, 10),
        ],
    ),
    (
        "Launch kit",
        &[
            open("Menu board copy", "BO", -2),
            open("Loyalty card wording", "BO", -2),
            open("Shop window vinyl", "JL", 7),
            open("Staff apron sketch", "LF", 14),
            done("Launch date agreed", "SD", -6, 5),
        ],
    ),
    (
        "Launch kit / Opening week",
        &[
            open("Sticker sheet for opening day", "JL", 18),
            open("Playlist card by the till", "", 21),
        ],
    ),
    ("", &[open("Book the studio for the product photos", "PR", 3)]),
];

const MARLOWE: Lists = &[
    (
        "Print-ready artwork",
        &[
            open("Confirm paper stock with the printer", "LF", -9),
            open("Jar label, final artwork", "LF", 1),
            open("Gift box, final artwork", "LF", 6),
            open("Foil test on the lid", "JL", 5),
            open("Spelling check of all labels", "BO", 2),
            open("Hand over print files", "JL", 9),
            done("Barcodes for six jars", "JL", -7, 7),
            done("Jar label, second draft", "LF", -10, 8),
            open("Photograph the samples", "", 17),
        ],
    ),
    (
        "Client decisions",
        &[
            open("Barcode proof from the client", "SD", -13).noted("Asked twice, no answer yet."),
            open("Send the revised quote to Marlowe", "SD", 0),
            open("Ask Marlowe about the reprint", "AO", 3),
            open("Decide on the recycled card", "AO", 7),
            done("Ingredients list signed off", "SD", -13, 13),
            done("Choose the blue", "SD", -21, 20),
            done("Agree the delivery date", "PR", 2, 1),
        ],
    ),
];

/// To-do, initials of the writer, words.
pub(super) const COMMENTS: [(&str, &str, &str); 9] = [
    ("Second-round logo routes", "LF", "Route B needs one more day, the cup is too heavy."),
    ("Second-round logo routes", "SD", "Halden asked to see both before Friday."),
    ("Second-round logo routes", "PR", "Lucía, who could take the dielines off you?"),
    ("Send packaging dielines to printer", "LF", "Waiting for the bleed size from the printer."),
    ("Menu board copy", "BO", "Draft is done, prices are missing."),
    ("Barcode proof from the client", "SD", "Called on Tuesday, they look for the file."),
    ("Collect the last case-study photos", "BO", "Juniper promised them for the weekend."),
    ("Home page, final layout", "MT", "The menu takes two lines on small phones."),
    ("Set up redirects from the old site", "TM", "212 old addresses, 30 without a new home."),
];
