//! What requests of steps may reach, in every spelling of an address, through the real client: nothing arrives.

use crate::site::Site;
use crate::world::{World, on_webhook, piece};
use domain::flow::run::RunStatus;
use serde_json::json;

#[tokio::test]
async fn no_spelling_of_an_address_leads_to_this_machine() {
    let (world, site) = (World::sqlite().await, Site::open().await);
    let port = site.address.port();
    let hosts = [
        "127.0.0.1",
        "127.1",
        "127.0.0.1.",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "0.0.0.0",
        "0",
        "[::1]",
        "[::]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[::127.0.0.1]",
        "[64:ff9b:1::7f00:1]",
        "0x7f.1",
        "127.0.1",
        "[fe80::1]",
        "[fd00::1]",
        "169.254.169.254",
        "[::ffff:a9fe:a9fe]",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "①②⑦.⓪.⓪.①",
        "127。0。0。1",
        "user@127.0.0.1",
        "example.com@127.0.0.1",
        "example.com%00@127.0.0.1",
    ];
    let mut urls: Vec<String> = hosts.iter().map(|it| format!("http://{it}:{port}/ok")).collect();
    // A port that is not open to flows, other kinds of addresses, and what is none.
    urls.extend(
        [
            "http://93.184.216.34:22/",
            "file:///etc/passwd",
            "gopher://127.0.0.1:70/",
            "ftp://127.0.0.1/",
            "unix:/run/docker.sock",
            "http:///ok",
            "http://",
            "//127.0.0.1/",
        ]
        .map(str::to_owned),
    );
    for url in urls {
        let input = json!({
            "method": "GET", "url": url, "headers": {}, "queryParams": {}, "authType": "NONE", "authFields": {},
            "body_type": "none", "body": {}, "followRedirects": true,
        });
        let step = piece("step_1", "@activepieces/piece-http", "send_request", input);
        let flow = world.published(on_webhook(step)).await;
        let run = world.fire(&flow, json!({})).await;
        let ended = world.ended(&run).await;
        assert_eq!(ended.status, RunStatus::Failed, "{url}");
        assert!(site.arrived().is_empty(), "{url} arrived");
    }
}
