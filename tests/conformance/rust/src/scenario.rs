//! A scenario is one thing that the client must see. One that fails does so alone, and the others go on.

use std::cell::RefCell;
use std::error::Error;
use std::panic;

use serde_json::json;

pub type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

thread_local! {
    /// What the last panic said, and where.
    static PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Keep what panics say for the scenario's line, off standard error.
pub fn keep_panics() {
    panic::set_hook(Box::new(|panic| PANIC.set(panic.to_string())));
}

/// Runs a scenario and prints `{"title": …, "error": null or text}`. An assertion that does not hold is an error, too.
pub async fn scenario(title: &str, run: impl Future<Output = Outcome> + Send + 'static) {
    let error = match tokio::spawn(run).await {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(error.to_string()),
        Err(_) => Some(PANIC.take()),
    };
    println!("{}", json!({"title": title, "error": error}));
}
