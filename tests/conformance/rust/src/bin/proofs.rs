//! What the official crate thinks of proofs, without a server: a question comes in as JSON, `{"appProof": …,
//! "bootProof": …}` and in hexadecimal digits `attestation`, `envelope` and `root`; one line goes out, with null for each
//! verifier that accepts, else what it says.

use std::io::Read;

use qos_core::protocol::services::boot::VersionedManifestEnvelope;
use serde::Deserialize;
use turnkey_client::generated::external::data::v1::{AppProof, BootProof};
use turnkey_proofs::{
    ManifestAttestationInput, get_boot_proof_time, parse_and_verify_der_attestation, verify,
    verify_app_proof_signature, verify_attestation_doc_against_manifest_live,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Question {
    app_proof: AppProof,
    boot_proof: BootProof,
    attestation: String,
    envelope: String,
    root: String,
}

type Verdict = Result<(), String>;

fn main() {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).expect("a question on standard input");
    let question: Question = serde_json::from_str(&text).expect("a question in JSON");
    let answer = serde_json::json!({
        "appProof": verify_app_proof_signature(&question.app_proof).map_err(|e| e.to_string()).err(),
        "underItsRoot": under_its_root(&question).err(),
        "underTheVendorsRoot": verify(&question.app_proof, &question.boot_proof).map_err(|e| e.to_string()).err(),
    });
    println!("{answer}");
}

/// What `verify` does, but for the root, which is the deployment's own.
fn under_its_root(question: &Question) -> Verdict {
    let time = get_boot_proof_time(&question.boot_proof)
        .map_err(|e| e.to_string())?
        .duration_since(std::time::UNIX_EPOCH)
        .map_err(|e| e.to_string())?
        .as_secs();
    let document = parse_and_verify_der_attestation(&bytes(&question.attestation)?, &bytes(&question.root)?, time)
        .map_err(|e| e.to_string())?;
    let envelope =
        VersionedManifestEnvelope::try_from_slice_compat(&bytes(&question.envelope)?).map_err(|e| format!("{e:?}"))?;
    envelope.check_approvals().map_err(|e| format!("{e:?}"))?;
    let hash = envelope.manifest_hash();
    let manifest = envelope.manifest();
    let enclave = manifest.enclave();
    verify_attestation_doc_against_manifest_live(
        &document,
        ManifestAttestationInput {
            manifest_hash: &hash,
            pcr0: &enclave.pcr0,
            pcr1: &enclave.pcr1,
            pcr2: &enclave.pcr2,
            pcr3: &enclave.pcr3,
        },
    )
    .map_err(|e| e.to_string())
}

fn bytes(digits: &str) -> Result<Vec<u8>, String> {
    hex::decode(digits).map_err(|e| e.to_string())
}
