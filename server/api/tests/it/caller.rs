//! A server of its own for each test, and people who call it.

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use backend::Backend;
use backend::config::Config;
use domain::actor::Actor;
use domain::client::Client;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::ops::Deref;
use store::testing::TestDb;
use tower::ServiceExt;

/// The password of everybody in these tests.
pub(crate) const PASSWORD: &str = "correct horse";

/// A running product on a fresh database.
pub(crate) struct Server {
    pub(crate) backend: Backend,
    router: Router,
    pub(crate) name: &'static str,
    pub(crate) db: TestDb,
}

impl Server {
    /// One on each database, with settings of the server.
    pub(crate) async fn all_with(settings: &[(&str, &str)]) -> Vec<Self> {
        let mut all = Vec::new();
        for db in TestDb::both().await {
            all.push(Self::on(db, settings).await);
        }
        all
    }

    /// One on SQLite only, for what has nothing to do with the database.
    pub(crate) async fn sqlite() -> Self {
        Self::on(TestDb::sqlite().await, &[]).await
    }

    /// One on each database.
    pub(crate) async fn all() -> Vec<Self> {
        Self::all_with(&[]).await
    }

    /// One on PostgreSQL, where that is tested.
    pub(crate) async fn postgres() -> Option<Self> {
        Some(Self::on(TestDb::postgres().await?, &[]).await)
    }

    async fn on(db: TestDb, settings: &[(&str, &str)]) -> Self {
        let backend = node(&db, "data", settings).await;
        let router = api::router(&backend);
        Self { backend, router, name: db.name, db }
    }

    /// The product on a port of this machine; gives `127.0.0.1:port`.
    pub(crate) async fn served(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let router = self.router.clone();
        tokio::spawn(async move { axum::serve(listener, router).await });
        address
    }

    /// The same database behind a new front, as after a restart.
    pub(crate) fn restart(&mut self) {
        self.router = api::router(&self.backend);
    }

    /// What is stored of one workspace, or of all, without what reading alone moves on and what the sync brings.
    pub(crate) async fn stored(&self, workspace: Option<&str>) -> Vec<String> {
        let moves = ["sessions:", "request_counts:", "mirror_", "mcp_sessions:"];
        let mut rows = self.db.rows(workspace).await;
        rows.retain(|row| !moves.iter().any(|table| row.starts_with(table)));
        rows
    }

    /// Another node on the same database, with a data folder of its own.
    pub(crate) async fn other_node(&self) -> Backend {
        node(&self.db, "other", &[]).await
    }

    /// Somebody without a session.
    pub(crate) fn visitor(&self) -> Caller<'_> {
        Caller { server: self, cookie: None, key: None }
    }

    /// Whoever signed in with this cookie before.
    pub(crate) fn person(&self, cookie: &Option<String>) -> Caller<'_> {
        Caller { cookie: cookie.clone(), ..self.visitor() }
    }

    /// A new person with their own workspace.
    pub(crate) async fn signs_up(&self, name: &str) -> Caller<'_> {
        let answer = self.visitor().post("/api/pmos/auth/signup", sign_up(name)).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        Caller { server: self, cookie: answer.session(), key: None }
    }

    /// A new member of the workspace of `admin`.
    pub(crate) async fn joins(&self, admin: &Caller<'_>, name: &str, role: &str) -> Caller<'_> {
        let email = format!("{}@example.com", name.to_lowercase());
        let invited =
            admin.post("/api/pmos/invitations", json!({"email": email, "role": role})).await;
        assert_eq!(invited.status, 201, "{}", invited.body);
        let token = invited.token();
        let given = json!({"token": token, "name": name, "password": PASSWORD});
        let answer = self.visitor().post("/api/pmos/invitations/accept", given).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        Caller { server: self, cookie: answer.session(), key: None }
    }
}

/// A running product on `db` with a data folder called `folder`.
async fn node(db: &TestDb, folder: &str, settings: &[(&str, &str)]) -> Backend {
    let (setting, value) = db.setting();
    let data = db.folder.path().join(folder).display().to_string();
    let config = Config::from_lookup(|name| match name {
        "PMOS_DATA" => Some(data.clone()),
        name if name == setting => Some(value.clone()),
        name => settings.iter().find(|it| it.0 == name).map(|it| it.1.to_owned()),
    });
    Backend::start(config.unwrap()).await.unwrap()
}

/// The fields of a sign-up.
pub(crate) fn sign_up(name: &str) -> Value {
    let email = format!("{}@example.com", name.to_lowercase());
    json!({"name": name, "email": email, "password": PASSWORD})
}

/// Somebody with a browser, or a script with a key.
#[derive(Clone)]
pub(crate) struct Caller<'a> {
    server: &'a Server,
    pub(crate) cookie: Option<String>,
    pub(crate) key: Option<String>,
}

impl Caller<'_> {
    /// Who the server takes this caller for, as operations want it.
    pub(crate) async fn actor(&self) -> Actor {
        let session = self.cookie.clone();
        let client = Client { request_id: "r1".to_owned(), session, ..Client::default() };
        self.server.backend.auth.authenticate(&client).await.unwrap().unwrap().actor
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(self.request("DELETE", path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.json("POST", path, &body.to_string()).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.json("PATCH", path, &body.to_string()).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.json("PUT", path, &body.to_string()).await
    }

    pub(crate) async fn json(&self, method: &str, path: &str, body: &str) -> Answer {
        let request = self.request(method, path).header("content-type", "application/json");
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    /// Their own user object.
    pub(crate) async fn me(&self) -> Value {
        self.get("/api/pmos/auth/me").await.body["user"].clone()
    }

    /// A request with their cookie.
    pub(crate) fn request(&self, method: &str, path: &str) -> http::request::Builder {
        let request = http::Request::builder().method(method).uri(path).header("host", "pmos.test");
        let request = match &self.cookie {
            Some(cookie) => request.header("cookie", format!("other=1; pmos_session={cookie}")),
            None => request,
        };
        match &self.key {
            Some(key) => request.header("authorization", format!("Bearer {key}")),
            None => request,
        }
    }

    /// The same caller, showing this key too.
    pub(crate) fn showing(&self, key: &str) -> Self {
        Self { key: Some(key.to_owned()), ..self.clone() }
    }

    /// A script of theirs with a new key, made with these fields.
    pub(crate) async fn script(&self, fields: Value) -> Self {
        let mut new = json!({"label": "Script"});
        new.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let made = self.post("/api/pmos/keys", new).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let key = made["key"].as_str().unwrap().to_owned();
        Self { server: self.server, cookie: None, key: Some(key) }
    }

    pub(crate) async fn send(&self, request: http::Request<Body>) -> Answer {
        Answer::read(self.open(request).await).await
    }

    /// The answer before its body is read: for streams.
    pub(crate) async fn open(&self, request: http::Request<Body>) -> Response {
        self.server.router.clone().oneshot(request).await.unwrap()
    }
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Value,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) async fn read(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Self { status: parts.status.as_u16(), headers: parts.headers, body, text }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|it| it.to_str().unwrap())
    }

    /// The value of the session cookie that was set.
    pub(crate) fn session(&self) -> Option<String> {
        let cookie = self.header("set-cookie")?.strip_prefix("pmos_session=")?;
        cookie.split(';').next().map(str::to_owned)
    }

    /// The token in the link of a new invitation.
    pub(crate) fn token(&self) -> String {
        self.body["link"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
    }
}

impl Deref for Answer {
    type Target = Value;

    fn deref(&self) -> &Value {
        &self.body
    }
}
