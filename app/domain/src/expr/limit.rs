//! What stops an expression: it always ends, soon, without taking much memory.

/// Steps that the expressions of one input may take together.
pub const FUEL: u64 = 1_000_000;
/// Bytes that the expressions of one input may make together.
pub const SIZE: u64 = 16 * 1024 * 1024;
/// How deep the text of an expression may be nested.
pub const DEPTH: u32 = 64;
/// How deep evaluating may go, functions calling each other included.
const CALLS: u32 = 128;
/// Characters of one expression.
pub const LENGTH: usize = 10_000;

/// Which limit stopped a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Limit {
    /// Too many steps.
    #[error("An expression was stopped because it takes more than {FUEL} steps. Make it simpler")]
    Fuel,
    /// Too much made.
    #[error("An expression was stopped because it makes more than {} MB. Use less data", SIZE / 1024 / 1024)]
    Size,
    /// Too deep.
    #[error(
        "An expression was stopped because it is nested more than {DEPTH} levels deep. Make it simpler"
    )]
    Depth,
    /// Too long.
    #[error("An expression is longer than {LENGTH} characters. Make it shorter")]
    Length,
}

/// What is left.
#[derive(Debug)]
pub(super) struct Budget {
    fuel: u64,
    size: u64,
    depth: u32,
}

impl Budget {
    pub(super) fn new() -> Self {
        Self { fuel: FUEL, size: SIZE, depth: 0 }
    }

    /// Pays for `steps`.
    pub(super) fn work(&mut self, steps: usize) -> Result<(), Limit> {
        self.fuel =
            self.fuel.checked_sub(u64::try_from(steps).unwrap_or(u64::MAX)).ok_or(Limit::Fuel)?;
        Ok(())
    }

    /// Pays for `bytes` of new data, and for the time it takes to make them.
    pub(super) fn make(&mut self, bytes: usize) -> Result<(), Limit> {
        self.size =
            self.size.checked_sub(u64::try_from(bytes).unwrap_or(u64::MAX)).ok_or(Limit::Size)?;
        self.work(bytes / 64)
    }

    /// Goes one level deeper; [`Budget::leave`] comes back.
    pub(super) fn enter(&mut self) -> Result<(), Limit> {
        self.depth += 1;
        if self.depth > CALLS { Err(Limit::Depth) } else { Ok(()) }
    }

    pub(super) fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }
}

/// Why evaluating ended early.
#[derive(Debug)]
pub(super) enum Stop {
    /// The expression makes no sense with this data; it gives nothing and a warning.
    Nonsense(String),
    /// The step ends.
    Limit(Limit),
    /// The step ends: there is no such connection.
    Connection(String),
    /// `?.` met nothing; ends at the chain.
    Nothing,
}

impl From<Limit> for Stop {
    fn from(limit: Limit) -> Self {
        Self::Limit(limit)
    }
}

/// The expression makes no sense with this data.
pub(super) fn nonsense<T>(message: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Nonsense(message.into()))
}
