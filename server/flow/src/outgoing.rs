//! Requests to addresses that people and data choose, of flow steps and to model providers.
//!
//! Everything here assumes that the address is meant to reach something private: it is parsed once, every address it
//! resolves to is judged, and what was judged is what is dialled.

pub(crate) mod address;
pub mod allowed;
pub mod dial;
pub(crate) mod mail;
pub mod send;
