//! Which program this is.

/// The version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The build: `dev` where nobody named it.
pub const BUILD: &str = match option_env!("PMOS_BUILD") {
    Some(build) => build,
    None => "dev",
};
