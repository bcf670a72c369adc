//! What the official Rust client must see of the server under test. Each scenario prints one line of JSON, which
//! `test_rust.py` turns into a test of its own.

mod api_keys;
mod consensus;
mod identities;
mod import_and_export;
mod members;
mod organizations;
mod policies;
mod refusals;
mod scenario;
mod sessions;
mod users;
mod wallets;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    scenario::keep_panics();
    api_keys::scenarios().await;
    identities::scenarios().await;
    sessions::scenarios().await;
    users::scenarios().await;
    organizations::scenarios().await;
    policies::scenarios().await;
    consensus::scenarios().await;
    wallets::scenarios().await;
    import_and_export::scenarios().await;
    refusals::scenarios().await;
}
