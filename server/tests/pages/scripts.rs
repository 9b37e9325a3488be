//! Acceptance: what a browser may do with a page. Scripts are ours or none, and nobody frames us.

use crate::Place;

/// The part of a policy called `name`.
fn part<'a>(policy: &'a str, name: &str) -> Option<&'a str> {
    policy.split(';').map(str::trim).find_map(|it| it.strip_prefix(name)?.strip_prefix(' '))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_runs_our_scripts_alone_and_is_framed_by_nobody() {
    let place = Place::new().await;
    let owner = place.signs_up("owner").await;
    let member = place.joins(&owner, "member", "member").await;
    let pages = [
        ("/sign-in", "", 200),
        ("/sign-up", "", 200),
        ("/invite/none", "", 404),
        ("/apps", "", 200),
        ("/", owner.as_str(), 200),
        ("/flows", &owner, 200),
        ("/chat", &owner, 200),
        ("/settings/keys", &owner, 200),
        ("/shell", &member, 403),
        ("/no-such-page", &owner, 404),
    ];
    for (path, cookie, status) in pages {
        let page = place.open(path, cookie).await;
        assert_eq!(page.status, status, "{path}");
        let header = |name: &str| page.headers.get(name).map(|it| it.to_str().unwrap());
        let policy = header("content-security-policy").unwrap_or_default();
        for (name, only) in [
            ("default-src", "'self'"),
            ("object-src", "'none'"),
            ("base-uri", "'none'"),
            ("frame-ancestors", "'none'"),
            ("form-action", "'self'"),
        ] {
            assert_eq!(part(policy, name), Some(only), "{path}: {policy}");
        }
        assert_eq!(header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(header("referrer-policy"), Some("no-referrer"), "{path}");
        assert_eq!(header("cache-control"), Some("no-store"), "{path}");
        let scripts = part(policy, "script-src").unwrap();
        assert!(!scripts.contains("unsafe-inline") && !scripts.contains("'unsafe-eval'"), "{path}");
        let nonce = scripts.split_once("'nonce-").and_then(|it| it.1.split_once('\'')).unwrap().0;
        let tags: Vec<&str> = page.text.split("<script").skip(1).collect();
        assert!(!tags.is_empty(), "{path}: {}", page.text);
        for tag in tags.iter().filter_map(|it| it.split('>').next()) {
            let is_ours =
                tag.contains(&format!("nonce=\"{nonce}\"")) || tag.contains("src=\"/pkg/");
            assert!(is_ours, "{path} has a script that would not run: {tag}");
        }
        for acting in [" onclick=", " onload=", " onerror=", "href=\"javascript:"] {
            assert!(!page.text.contains(acting), "{path} has{acting}");
        }
    }
}
