//! The paths of every icon by name, in alphabetical order. Generated from the icon set of the design.

/// Name and SVG content, on a 24 by 24 grid, stroked with the colour of the text.
pub(crate) const ICONS: &[(&str, &str)] = &[
    (
        "alert",
        r#"<path d="M12 4.5 20.5 19h-17Z"/><path d="M12 10v4.2"/><circle cx="12" cy="16.6" r="1" fill="currentColor" stroke="none"/>"#,
    ),
    (
        "approvals",
        r#"<path d="M9 5H6.5A1.5 1.5 0 0 0 5 6.5v12A1.5 1.5 0 0 0 6.5 20h11a1.5 1.5 0 0 0 1.5-1.5v-12A1.5 1.5 0 0 0 17.5 5H15"/><path d="M9 13.2l2.1 2.1 4-4.3"/><rect x="9" y="3.5" width="6" height="3.4" rx="1.2"/>"#,
    ),
    ("arrow-down", r#"<path d="M12 5v14"/><path d="M6.5 13.5 12 19l5.5-5.5"/>"#),
    ("arrow-down-right", r#"<path d="M7 7l10 10"/><path d="M17 9v8H9"/>"#),
    ("arrow-left", r#"<path d="M19 12H5"/><path d="M10.5 6.5 5 12l5.5 5.5"/>"#),
    ("arrow-right", r#"<path d="M5 12h14"/><path d="M13.5 6.5 19 12l-5.5 5.5"/>"#),
    ("arrow-up", r#"<path d="M12 19V5"/><path d="M6.5 10.5 12 5l5.5 5.5"/>"#),
    ("arrow-up-right", r#"<path d="M7 17 17 7"/><path d="M9 7h8v8"/>"#),
    (
        "assistant",
        r#"<path d="M5.8 5h12.4A1.8 1.8 0 0 1 20 6.8v8.4a1.8 1.8 0 0 1-1.8 1.8H11l-4.5 3.5V17h-.7A1.8 1.8 0 0 1 4 15.2V6.8A1.8 1.8 0 0 1 5.8 5Z"/><path d="M8.7 11.2l2.3 2.2 4.3-4.6"/>"#,
    ),
    (
        "audit",
        r#"<path d="M6 20V4h8.5L18.5 8v12Z"/><path d="M14.2 4.2V8.2h4"/><path d="M9.2 12.2h6"/><path d="M9.2 15.8h4"/>"#,
    ),
    ("ban", r#"<circle cx="12" cy="12" r="8.25"/><path d="M6.3 6.3l11.4 11.4"/>"#),
    (
        "bell",
        r#"<path d="M6.5 16.5V11a5.5 5.5 0 0 1 11 0v5.5"/><path d="M4.8 16.5h14.4"/><path d="M10.2 19.3a2 2 0 0 0 3.6 0"/>"#,
    ),
    (
        "board",
        r#"<rect x="4" y="4.5" width="4.5" height="15" rx="1.3"/><rect x="9.8" y="4.5" width="4.5" height="9.5" rx="1.3"/><rect x="15.5" y="4.5" width="4.5" height="12" rx="1.3"/>"#,
    ),
    ("bolt", r#"<path d="M13 3.5 5.5 13.5H11L10 20.5l8-10.5h-5.5Z"/>"#),
    (
        "book",
        r#"<path d="M5 5.5A1.5 1.5 0 0 1 6.5 4H19v13H6.7A1.7 1.7 0 0 0 5 18.7Z"/><path d="M5 18.7A1.5 1.5 0 0 0 6.6 20H19v-3"/>"#,
    ),
    (
        "braces",
        r#"<path d="M9 5H8a2 2 0 0 0-2 2v2.8c0 1.2-.8 2.2-2 2.2 1.2 0 2 1 2 2.2V17a2 2 0 0 0 2 2h1"/><path d="M15 5h1a2 2 0 0 1 2 2v2.8c0 1.2.8 2.2 2 2.2-1.2 0-2 1-2 2.2V17a2 2 0 0 1-2 2h-1"/>"#,
    ),
    (
        "branch",
        r#"<path d="M12 3.5v5"/><path d="M12 8.5c0 4-5.5 2.5-5.5 7v1.5"/><path d="M12 8.5c0 4 5.5 2.5 5.5 7v1.5"/><path d="M4 14.8l2.5 2.7L9 14.8"/><path d="M15 14.8l2.5 2.7 2.5-2.7"/>"#,
    ),
    (
        "building",
        r#"<path d="M5.5 20V5.5a1 1 0 0 1 1-1h7a1 1 0 0 1 1 1V20"/><path d="M14.5 10h3a1 1 0 0 1 1 1v9"/><path d="M3.8 20h16.4"/><path d="M8.5 8.5h3"/><path d="M8.5 12h3"/><path d="M8.5 15.5h3"/>"#,
    ),
    (
        "calendar",
        r#"<rect x="4.5" y="5.5" width="15" height="14" rx="2"/><path d="M4.5 10h15"/><path d="M8.5 3.5v4"/><path d="M15.5 3.5v4"/>"#,
    ),
    ("check", r#"<path d="M5 12.6 9.7 17 19 7.2"/>"#),
    ("chev-down", r#"<path d="M7 10l5 5 5-5"/>"#),
    ("chev-left", r#"<path d="M14 7l-5 5 5 5"/>"#),
    ("chev-right", r#"<path d="M10 7l5 5-5 5"/>"#),
    ("chev-up", r#"<path d="M7 14l5-5 5 5"/>"#),
    ("chev-updown", r#"<path d="M8.5 9.5 12 6l3.5 3.5"/><path d="M8.5 14.5 12 18l3.5-3.5"/>"#),
    ("circle", r#"<circle cx="12" cy="12" r="8.25"/>"#),
    ("circle-check", r#"<circle cx="12" cy="12" r="8.25"/><path d="M8.4 12.3l2.5 2.4 4.7-5"/>"#),
    ("circle-dash", r#"<circle cx="12" cy="12" r="8.25"/><path d="M8.5 12h7"/>"#),
    ("circle-dotted", r#"<circle cx="12" cy="12" r="8.25" stroke-dasharray="2.6 2.6"/>"#),
    (
        "circle-live",
        r#"<circle cx="12" cy="12" r="8.25"/><circle cx="12" cy="12" r="3.4" fill="currentColor" stroke="none"/>"#,
    ),
    (
        "circle-x",
        r#"<circle cx="12" cy="12" r="8.25"/><path d="M9.2 9.2l5.6 5.6"/><path d="M14.8 9.2l-5.6 5.6"/>"#,
    ),
    ("clock", r#"<circle cx="12" cy="12" r="8.25"/><path d="M12 7.4V12l3.1 2"/>"#),
    (
        "code",
        r#"<path d="M8.5 7 3.8 12l4.7 5"/><path d="M15.5 7l4.7 5-4.7 5"/><path d="M13.3 5.5l-2.6 13"/>"#,
    ),
    (
        "coin",
        r#"<circle cx="12" cy="12" r="8.25"/><path d="M14.7 9.3c-.5-.9-1.5-1.4-2.7-1.4-1.6 0-2.7.8-2.7 2 0 2.9 5.5 1.3 5.5 4.2 0 1.2-1.2 2-2.8 2-1.3 0-2.4-.5-2.9-1.5"/><path d="M12 6.3v1.6"/><path d="M12 16.1v1.6"/>"#,
    ),
    (
        "comment",
        r#"<path d="M5.8 5h12.4A1.8 1.8 0 0 1 20 6.8v8.4a1.8 1.8 0 0 1-1.8 1.8H11l-4.5 3.5V17h-.7A1.8 1.8 0 0 1 4 15.2V6.8A1.8 1.8 0 0 1 5.8 5Z"/><path d="M8 9.3h8"/><path d="M8 12.7h5"/>"#,
    ),
    (
        "copy",
        r#"<rect x="8.5" y="8.5" width="11" height="11" rx="2"/><path d="M15.5 8.5v-2a2 2 0 0 0-2-2h-7a2 2 0 0 0-2 2v7a2 2 0 0 0 2 2h2"/>"#,
    ),
    (
        "cpu",
        r#"<rect x="7" y="7" width="10" height="10" rx="1.8"/><path d="M10 3.8V7"/><path d="M14 3.8V7"/><path d="M10 17v3.2"/><path d="M14 17v3.2"/><path d="M3.8 10H7"/><path d="M3.8 14H7"/><path d="M17 10h3.2"/><path d="M17 14h3.2"/>"#,
    ),
    (
        "database",
        r#"<ellipse cx="12" cy="6.5" rx="7" ry="2.7"/><path d="M5 6.5v11c0 1.5 3.1 2.7 7 2.7s7-1.2 7-2.7v-11"/><path d="M5 12c0 1.5 3.1 2.7 7 2.7s7-1.2 7-2.7"/>"#,
    ),
    (
        "diff",
        r#"<path d="M12 4.5v7"/><path d="M8.5 8h7"/><path d="M8.5 17h7"/><rect x="4" y="2.5" width="16" height="19" rx="2.5"/>"#,
    ),
    (
        "download",
        r#"<path d="M12 4.5v10"/><path d="M7.5 10.5l4.5 4.3 4.5-4.3"/><path d="M5 19.5h14"/>"#,
    ),
    (
        "edit",
        r#"<path d="M4.5 19.5l.9-4L15.6 5.3a1.9 1.9 0 0 1 2.7 0l.4.4a1.9 1.9 0 0 1 0 2.7L8.5 18.6Z"/><path d="M13.8 7.1l3.1 3.1"/>"#,
    ),
    ("enter", r#"<path d="M19 6v5a2.5 2.5 0 0 1-2.5 2.5H5.5"/><path d="M9.5 9.5l-4 4 4 4"/>"#),
    (
        "external",
        r#"<path d="M13.5 4.5h6v6"/><path d="M19.2 4.8 11 13"/><path d="M16.5 13.5v4a1.8 1.8 0 0 1-1.8 1.8H6.3a1.8 1.8 0 0 1-1.8-1.8V9.3a1.8 1.8 0 0 1 1.8-1.8h4"/>"#,
    ),
    (
        "eye",
        r#"<path d="M3.5 12S6.5 6.2 12 6.2 20.5 12 20.5 12 17.5 17.8 12 17.8 3.5 12 3.5 12Z"/><circle cx="12" cy="12" r="2.4"/>"#,
    ),
    (
        "eye-off",
        r#"<path d="M6.2 8.1A14.6 14.6 0 0 0 3.5 12S6.5 17.8 12 17.8a8 8 0 0 0 3.4-.8"/><path d="M10 6.4a8.4 8.4 0 0 1 2-.2c5.5 0 8.5 5.8 8.5 5.8a15 15 0 0 1-2 2.9"/><path d="M4.5 4.5l15 15"/>"#,
    ),
    ("filter", r#"<path d="M4 7h16"/><path d="M7 12h10"/><path d="M10 17h4"/>"#),
    (
        "fit",
        r#"<path d="M4.5 9V6A1.5 1.5 0 0 1 6 4.5h3"/><path d="M15 4.5h3A1.5 1.5 0 0 1 19.5 6v3"/><path d="M19.5 15v3a1.5 1.5 0 0 1-1.5 1.5h-3"/><path d="M9 19.5H6A1.5 1.5 0 0 1 4.5 18v-3"/><rect x="9" y="9.5" width="6" height="5" rx="1"/>"#,
    ),
    ("flag", r#"<path d="M6 20V4.5"/><path d="M6 5.2c4-1.9 7 1.8 12 .2v8.2c-5 1.6-8-2.1-12-.2"/>"#),
    (
        "flow",
        r#"<rect x="8.75" y="3.75" width="6.5" height="5" rx="1.5"/><rect x="3.75" y="15.25" width="6.5" height="5" rx="1.5"/><rect x="13.75" y="15.25" width="6.5" height="5" rx="1.5"/><path d="M12 8.75V12"/><path d="M7 15.25V13.5A1.5 1.5 0 0 1 8.5 12h7a1.5 1.5 0 0 1 1.5 1.5v1.75"/>"#,
    ),
    (
        "globe",
        r#"<circle cx="12" cy="12" r="8.25"/><path d="M3.8 12h16.4"/><path d="M12 3.75c2.4 2.3 3.5 5 3.5 8.25S14.4 17.95 12 20.25C9.6 17.95 8.5 15.25 8.5 12S9.6 6.05 12 3.75Z"/>"#,
    ),
    (
        "grid",
        r#"<rect x="4.5" y="4.5" width="6" height="6" rx="1.4"/><rect x="13.5" y="4.5" width="6" height="6" rx="1.4"/><rect x="4.5" y="13.5" width="6" height="6" rx="1.4"/><rect x="13.5" y="13.5" width="6" height="6" rx="1.4"/>"#,
    ),
    (
        "grip",
        r#"<circle cx="9" cy="6" r="1.1" fill="currentColor" stroke="none"/><circle cx="15" cy="6" r="1.1" fill="currentColor" stroke="none"/><circle cx="9" cy="12" r="1.1" fill="currentColor" stroke="none"/><circle cx="15" cy="12" r="1.1" fill="currentColor" stroke="none"/><circle cx="9" cy="18" r="1.1" fill="currentColor" stroke="none"/><circle cx="15" cy="18" r="1.1" fill="currentColor" stroke="none"/>"#,
    ),
    (
        "hand",
        r#"<path d="M8 12.5V6.7a1.3 1.3 0 0 1 2.6 0v4"/><path d="M10.6 10.5V5.2a1.3 1.3 0 0 1 2.6 0v5.3"/><path d="M13.2 10.5V6.2a1.3 1.3 0 0 1 2.6 0V12"/><path d="M15.8 11.2V9a1.3 1.3 0 0 1 2.6 0v5.2c0 3.5-2.3 5.8-5.6 5.8-2.5 0-4-1-5.2-3.2L5.2 13a1.3 1.3 0 0 1 2.2-1.4l1.3 1.8"/>"#,
    ),
    (
        "help",
        r#"<circle cx="12" cy="12" r="8.25"/><path d="M9.7 9.6a2.4 2.4 0 1 1 3.4 2.4c-.7.4-1.1.9-1.1 1.7"/><circle cx="12" cy="16.3" r="1" fill="currentColor" stroke="none"/>"#,
    ),
    (
        "history",
        r#"<path d="M4.6 9.2A8 8 0 1 1 4 12.6"/><path d="M4.2 4.6v4.7h4.7"/><path d="M12 8v4.3l3 1.9"/>"#,
    ),
    (
        "home",
        r#"<path d="M4 11 12 4.5 20 11"/><path d="M6 9.6V19h12V9.6"/><path d="M10 19v-5h4v5"/>"#,
    ),
    (
        "info",
        r#"<circle cx="12" cy="12" r="8.25"/><path d="M12 11.2v4.6"/><circle cx="12" cy="8.3" r="1" fill="currentColor" stroke="none"/>"#,
    ),
    (
        "key",
        r#"<circle cx="8" cy="15.5" r="3.7"/><path d="M10.7 12.9 18.5 5"/><path d="M15.3 8.2l2.7 2.7"/><path d="M13 10.5l1.7 1.7"/>"#,
    ),
    (
        "keyboard",
        r#"<rect x="3.25" y="6.25" width="17.5" height="11.5" rx="2"/><path d="M8.5 14.5h7"/><circle cx="7" cy="10" r="1.1" fill="currentColor" stroke="none"/><circle cx="10.3" cy="10" r="1.1" fill="currentColor" stroke="none"/><circle cx="13.7" cy="10" r="1.1" fill="currentColor" stroke="none"/><circle cx="17" cy="10" r="1.1" fill="currentColor" stroke="none"/>"#,
    ),
    (
        "layers",
        r#"<path d="M12 4l8 4.1-8 4.2-8-4.2Z"/><path d="M4.4 12.2 12 16.2l7.6-4"/><path d="M4.4 16.2 12 20.2l7.6-4"/>"#,
    ),
    (
        "link",
        r#"<path d="M10.2 13.8a3.6 3.6 0 0 0 5.1 0l3-3a3.6 3.6 0 1 0-5.1-5.1l-1 1"/><path d="M13.8 10.2a3.6 3.6 0 0 0-5.1 0l-3 3a3.6 3.6 0 1 0 5.1 5.1l1-1"/>"#,
    ),
    (
        "list",
        r#"<path d="M9 6.5h11"/><path d="M9 12h11"/><path d="M9 17.5h11"/><circle cx="5" cy="6.5" r="1.1" fill="currentColor" stroke="none"/><circle cx="5" cy="12" r="1.1" fill="currentColor" stroke="none"/><circle cx="5" cy="17.5" r="1.1" fill="currentColor" stroke="none"/>"#,
    ),
    (
        "lock",
        r#"<rect x="5.5" y="10.5" width="13" height="9" rx="2"/><path d="M8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5"/>"#,
    ),
    (
        "logout",
        r#"<path d="M10 4.5H6.5A1.5 1.5 0 0 0 5 6v12a1.5 1.5 0 0 0 1.5 1.5H10"/><path d="M10 12h9.5"/><path d="M15.5 8l4 4-4 4"/>"#,
    ),
    (
        "loop",
        r#"<path d="M6.5 4.5 3.8 7.2l2.7 2.7"/><path d="M4 7.2h11.5A4.5 4.5 0 0 1 20 11.7"/><path d="M17.5 19.5l2.7-2.7-2.7-2.7"/><path d="M20 16.8H8.5A4.5 4.5 0 0 1 4 12.3"/>"#,
    ),
    (
        "mail",
        r#"<rect x="3.75" y="5.75" width="16.5" height="12.5" rx="2"/><path d="M4.4 7.2 12 13l7.6-5.8"/>"#,
    ),
    (
        "map",
        r#"<path d="M4 6.5l5-2 6 2 5-2v13l-5 2-6-2-5 2Z"/><path d="M9 4.5v13"/><path d="M15 6.5v13"/>"#,
    ),
    (
        "maximize",
        r#"<path d="M14 4.5h5.5V10"/><path d="M10 19.5H4.5V14"/><path d="M19 5l-5.6 5.6"/><path d="M5 19l5.6-5.6"/>"#,
    ),
    ("menu", r#"<path d="M4 7h16"/><path d="M4 12h16"/><path d="M4 17h16"/>"#),
    (
        "message",
        r#"<path d="M5.8 5h12.4A1.8 1.8 0 0 1 20 6.8v8.4a1.8 1.8 0 0 1-1.8 1.8H11l-4.5 3.5V17h-.7A1.8 1.8 0 0 1 4 15.2V6.8A1.8 1.8 0 0 1 5.8 5Z"/>"#,
    ),
    ("minus", r#"<path d="M5 12h14"/>"#),
    (
        "monitor",
        r#"<rect x="3.75" y="4.75" width="16.5" height="11.5" rx="2"/><path d="M9 20h6"/><path d="M12 16.25V20"/>"#,
    ),
    ("moon", r#"<path d="M19.5 14.2A7.8 7.8 0 0 1 9.8 4.5a7.8 7.8 0 1 0 9.7 9.7Z"/>"#),
    (
        "more",
        r#"<circle cx="5.5" cy="12" r="1.4" fill="currentColor" stroke="none"/><circle cx="12" cy="12" r="1.4" fill="currentColor" stroke="none"/><circle cx="18.5" cy="12" r="1.4" fill="currentColor" stroke="none"/>"#,
    ),
    (
        "panel-left",
        r#"<rect x="3.75" y="4.75" width="16.5" height="14.5" rx="2.2"/><path d="M9.5 5v14"/>"#,
    ),
    (
        "panel-right",
        r#"<rect x="3.75" y="4.75" width="16.5" height="14.5" rx="2.2"/><path d="M14.5 5v14"/>"#,
    ),
    (
        "paperclip",
        r#"<path d="M18.5 11.3l-6.9 6.9a4 4 0 0 1-5.7-5.7l7.2-7.2a2.7 2.7 0 0 1 3.8 3.8l-7.1 7.1a1.3 1.3 0 0 1-1.9-1.9l6.4-6.4"/>"#,
    ),
    ("pause", r#"<path d="M9 6v12"/><path d="M15 6v12"/>"#),
    ("pin", r#"<path d="M9 4.5h6l-.8 6 2.8 3H7l2.8-3Z"/><path d="M12 13.5v6"/>"#),
    ("play", r#"<path d="M8 5.5v13l10.5-6.5Z"/>"#),
    (
        "plug",
        r#"<path d="M9 3.5v4"/><path d="M15 3.5v4"/><path d="M6.5 7.5h11V11a5.5 5.5 0 0 1-11 0Z"/><path d="M12 16.5v4"/>"#,
    ),
    ("plus", r#"<path d="M12 5v14"/><path d="M5 12h14"/>"#),
    (
        "projects",
        r#"<path d="M4 17.5v-11A1.5 1.5 0 0 1 5.5 5h3.6l2.2 2.6h7.2A1.5 1.5 0 0 1 20 9.1v8.4a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 17.5Z"/>"#,
    ),
    ("redo", r#"<path d="M15.5 5l4 4-4 4"/><path d="M19.5 9h-9a5.5 5.5 0 0 0 0 11H15"/>"#),
    (
        "refresh",
        r#"<path d="M19.5 12a7.5 7.5 0 0 1-13.2 4.9"/><path d="M4.5 12a7.5 7.5 0 0 1 13.2-4.9"/><path d="M18 3.8v3.6h-3.6"/><path d="M6 20.2v-3.6h3.6"/>"#,
    ),
    (
        "rows",
        r#"<rect x="4" y="5" width="16" height="14" rx="2"/><path d="M4 10h16"/><path d="M4 14.5h16"/>"#,
    ),
    (
        "running",
        r#"<circle cx="12" cy="12" r="8.25" opacity=".28"/><path d="M12 3.75A8.25 8.25 0 0 1 20.25 12"/>"#,
    ),
    ("runs", r#"<circle cx="12" cy="12" r="8.25"/><path d="M10.2 8.9v6.2l5-3.1Z"/>"#),
    ("search", r#"<circle cx="11" cy="11" r="6.5"/><path d="M15.8 15.8 20 20"/>"#),
    ("send", r#"<path d="M12 19V5.5"/><path d="M6 11.2 12 5.2l6 6"/>"#),
    (
        "server",
        r#"<rect x="4" y="4.5" width="16" height="6" rx="1.8"/><rect x="4" y="13.5" width="16" height="6" rx="1.8"/><circle cx="7.5" cy="7.5" r="1.1" fill="currentColor" stroke="none"/><circle cx="7.5" cy="16.5" r="1.1" fill="currentColor" stroke="none"/><path d="M11 7.5h5.5"/><path d="M11 16.5h5.5"/>"#,
    ),
    (
        "settings",
        r#"<path d="M4 7h8.5"/><path d="M17.5 7H20"/><path d="M4 12h2.5"/><path d="M11.5 12H20"/><path d="M4 17h9.5"/><path d="M18.5 17H20"/><circle cx="15" cy="7" r="2.2"/><circle cx="9" cy="12" r="2.2"/><circle cx="16" cy="17" r="2.2"/>"#,
    ),
    (
        "shield",
        r#"<path d="M12 3.8l7 2.5v5.2c0 4.2-2.8 7.2-7 8.7-4.2-1.5-7-4.5-7-8.7V6.3Z"/><path d="M9 12l2.2 2.1 3.9-4.2"/>"#,
    ),
    (
        "sort",
        r#"<path d="M8 5v14"/><path d="M4.8 15.8 8 19l3.2-3.2"/><path d="M16 19V5"/><path d="M12.8 8.2 16 5l3.2 3.2"/>"#,
    ),
    (
        "star",
        r#"<path d="M12 4.3l2.3 4.9 5.3.7-3.9 3.7 1 5.3-4.7-2.6-4.7 2.6 1-5.3-3.9-3.7 5.3-.7Z"/>"#,
    ),
    ("stop", r#"<rect x="6.5" y="6.5" width="11" height="11" rx="2"/>"#),
    (
        "sun",
        r#"<circle cx="12" cy="12" r="3.7"/><path d="M12 3.5v2"/><path d="M12 18.5v2"/><path d="M3.5 12h2"/><path d="M18.5 12h2"/><path d="M6 6l1.4 1.4"/><path d="M16.6 16.6 18 18"/><path d="M18 6l-1.4 1.4"/><path d="M7.4 16.6 6 18"/>"#,
    ),
    (
        "tag",
        r#"<path d="M4.5 11.5v-6a1 1 0 0 1 1-1h6l8 8a1.5 1.5 0 0 1 0 2.1l-4.9 4.9a1.5 1.5 0 0 1-2.1 0Z"/><circle cx="8.6" cy="8.6" r="1.2" fill="currentColor" stroke="none"/>"#,
    ),
    ("telemetry", r#"<path d="M3.5 12.5h3.8L10 6l4 12.5 2.6-6h3.9"/>"#),
    (
        "terminal",
        r#"<rect x="3.5" y="5" width="17" height="14" rx="2.2"/><path d="M7.5 9.5 10 12l-2.5 2.5"/><path d="M12.5 14.5H16"/>"#,
    ),
    ("text", r#"<path d="M5.5 6.5V5h13v1.5"/><path d="M12 5v14"/><path d="M9.5 19h5"/>"#),
    (
        "timer",
        r#"<circle cx="12" cy="13.2" r="6.8"/><path d="M12 9.8v3.4l2 1.4"/><path d="M9.6 3.5h4.8"/>"#,
    ),
    (
        "todo",
        r#"<path d="M4 7l1.6 1.6L8.5 5.5"/><path d="M11.5 7H20"/><path d="M4 16.5l1.6 1.6 2.9-3.1"/><path d="M11.5 16.5H20"/>"#,
    ),
    (
        "trash",
        r#"<path d="M4.5 7h15"/><path d="M9.5 7V4.8h5V7"/><path d="M6.4 7l.9 12.2h9.4L17.6 7"/><path d="M10.3 11v4.6"/><path d="M13.7 11v4.6"/>"#,
    ),
    ("undo", r#"<path d="M8.5 5 4.5 9l4 4"/><path d="M4.5 9h9a5.5 5.5 0 0 1 0 11H9"/>"#),
    ("upload", r#"<path d="M12 15V5"/><path d="M7.5 9.2 12 4.8l4.5 4.4"/><path d="M5 19.5h14"/>"#),
    (
        "user",
        r#"<circle cx="12" cy="8.4" r="3.6"/><path d="M5 19.5c.8-3.5 3.5-5.2 7-5.2s6.2 1.7 7 5.2"/>"#,
    ),
    (
        "user-plus",
        r#"<circle cx="10" cy="8.4" r="3.4"/><path d="M3.6 19.4c.7-3.4 3.2-5.1 6.4-5.1 1.6 0 3 .400 4.1 1.2"/><path d="M18 14.5v5.5"/><path d="M15.25 17.25h5.5"/>"#,
    ),
    (
        "users",
        r#"<circle cx="9.3" cy="9" r="3.2"/><path d="M3.5 19c.6-3.1 2.8-4.7 5.8-4.7s5.2 1.6 5.8 4.7"/><path d="M15.3 6a3.1 3.1 0 0 1 0 6"/><path d="M17.4 14.7c1.7.600 2.8 2 3.2 4.3"/>"#,
    ),
    (
        "wait",
        r#"<path d="M7 4.5h10"/><path d="M7 19.5h10"/><path d="M8 4.5v2.7c0 2.3 4 3.3 4 4.8s-4 2.5-4 4.8v2.7"/><path d="M16 4.5v2.7c0 2.3-4 3.3-4 4.8s4 2.5 4 4.8v2.7"/>"#,
    ),
    ("waiting", r#"<circle cx="12" cy="12" r="8.25"/><path d="M10 9v6"/><path d="M14 9v6"/>"#),
    (
        "wand",
        r#"<path d="M5 19 15.5 8.5"/><path d="M13.2 6.2l4.6 4.6"/><path d="M18.5 4v3"/><path d="M17 5.5h3"/><path d="M8 5v2.4"/><path d="M6.8 6.2h2.4"/><path d="M19 14.5v2.4"/><path d="M17.8 15.7h2.4"/>"#,
    ),
    (
        "webhook",
        r#"<circle cx="7" cy="16.5" r="2.6"/><circle cx="17" cy="16.5" r="2.6"/><circle cx="12" cy="7" r="2.6"/><path d="M10.7 9.3 7.9 14"/><path d="M13.3 9.3l2.8 4.7"/><path d="M9.6 16.5h4.8"/>"#,
    ),
    (
        "wifi",
        r#"<path d="M4 9.5a12 12 0 0 1 16 0"/><path d="M7 13a7.5 7.5 0 0 1 10 0"/><path d="M9.8 16.2a3.4 3.4 0 0 1 4.4 0"/><circle cx="12" cy="19" r="1" fill="currentColor" stroke="none"/>"#,
    ),
    (
        "wifi-off",
        r#"<path d="M4 9.5a12 12 0 0 1 4.2-2.5"/><path d="M12.5 6.5A12 12 0 0 1 20 9.5"/><path d="M7 13a7.5 7.5 0 0 1 3.6-1.9"/><path d="M14.8 11.7A7.5 7.5 0 0 1 17 13"/><path d="M9.8 16.2a3.4 3.4 0 0 1 4.4 0"/><path d="M4.5 4.5l15 15"/><circle cx="12" cy="19" r="1" fill="currentColor" stroke="none"/>"#,
    ),
    ("x", r#"<path d="M6 6l12 12"/><path d="M18 6 6 18"/>"#),
];
