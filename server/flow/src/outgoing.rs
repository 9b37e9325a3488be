//! Requests of flow steps to addresses that people and data choose. Everything here assumes that the address is
//! meant to reach something private: it is parsed once, every address it resolves to is judged, and what was judged
//! is what is dialled.

pub(crate) mod address;
pub(crate) mod allowed;
pub(crate) mod dial;
pub(crate) mod send;
