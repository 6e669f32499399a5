//! Asking a server for the rest of a file, and whom to ask.

use crate::bundled::Original;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use ureq::http::{Response, Uri, header};
use ureq::tls::TlsConfig;
use ureq::{Agent, Body};

/// Redirects that are followed.
const MOST_REDIRECTS: usize = 5;

/// Whom to ask, and how long to wait.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Hosts that may be asked, with a port where it is not the usual one.
    pub hosts: BTreeSet<String>,
    /// Whether HTTP without TLS will do: for a server on the same machine, in tests.
    pub plain_http: bool,
    /// How long a server may be silent.
    pub idle: Duration,
    /// How long any file may take, besides what it takes at the slowest rate.
    pub patience: Duration,
    /// Slowest rate at which a file may come, on average.
    pub slowest_bytes_per_s: u64,
}

impl Rules {
    /// HTTPS to the hosts that the originals name; a server may be silent for
    /// half a minute and send no slower than 10 kB a second.
    pub fn of(originals: &[Original]) -> Rules {
        let host =
            |original: &Original| Some(original.url.parse::<Uri>().ok()?.authority()?.to_string());
        Rules {
            hosts: originals.iter().filter_map(host).collect(),
            plain_http: false,
            idle: Duration::from_secs(30),
            patience: Duration::from_secs(60),
            slowest_bytes_per_s: 10_000,
        }
    }

    /// The address, where it may be asked.
    pub(super) fn allowed(&self, address: &str) -> Result<Uri, String> {
        let uri: Uri = address.parse().map_err(|_| format!("`{address}` is no address"))?;
        let scheme = uri.scheme_str().unwrap_or_default();
        if scheme != "https" && !(self.plain_http && scheme == "http") {
            return Err(format!("`{address}` is not https"));
        }
        // The authority as a whole: it holds a port or a user if there is one.
        let host = uri.authority().map(ToString::to_string).unwrap_or_default();
        if !self.hosts.contains(&host) {
            return Err(format!("`{host}` is no host of the manifest"));
        }
        Ok(uri)
    }
}

/// What goes wrong with a download.
pub(super) enum Fault {
    /// Asking again may help.
    Pause(String),
    /// What is sent, or where it is sent from, is not what the manifest names.
    Wrong(String),
    /// It cannot be asked for or kept on this machine.
    Stop(String),
}

/// A client that follows no redirect by itself.
pub(super) fn agent(rules: &Rules, bytes: u64) -> Result<Agent, Fault> {
    let whole = rules.patience + Duration::from_secs(bytes / rules.slowest_bytes_per_s.max(1));
    let mut config = Agent::config_builder()
        .https_only(!rules.plain_http)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .user_agent(concat!("durand/", env!("CARGO_PKG_VERSION")))
        // Bytes as they are: what is packed could become any size.
        .accept_encoding("identity")
        .timeout_connect(Some(rules.idle))
        .timeout_recv_response(Some(rules.idle))
        .timeout_per_read(Some(rules.idle))
        .timeout_global(Some(whole));
    if !rules.plain_http {
        let tls = TlsConfig::builder()
            .unversioned_rustls_crypto_provider(Arc::new(provider().map_err(Fault::Stop)?));
        config = config.tls_config(tls.build());
    }
    Ok(config.build().into())
}

/// The cryptography of TLS. It is written for what processors have since about
/// 2014, and would end the program on an older one.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
fn provider() -> Result<rustls::crypto::CryptoProvider, String> {
    #[cfg(target_arch = "x86_64")]
    let missing = {
        use std::arch::is_x86_feature_detected as has;
        let all = [
            ("aes", has!("aes")),
            ("avx2", has!("avx2")),
            ("adx", has!("adx")),
            ("bmi2", has!("bmi2")),
            ("pclmulqdq", has!("pclmulqdq")),
            ("ssse3", has!("ssse3")),
        ];
        all.into_iter().find(|(_, there)| !there)
    };
    #[cfg(target_arch = "aarch64")]
    let missing = {
        use std::arch::is_aarch64_feature_detected as has;
        let all = [("aes", has!("aes")), ("pmull", has!("pmull")), ("sha2", has!("sha2"))];
        all.into_iter().find(|(_, there)| !there)
    };
    match missing {
        Some((name, _)) => {
            Err(format!("this processor has no instructions `{name}`, which HTTPS needs here"))
        }
        None => Ok(rustls_graviola::default_provider()),
    }
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn provider() -> Result<rustls::crypto::CryptoProvider, String> {
    Err("HTTPS is not there for this kind of processor".to_owned())
}

/// Asks for a file from byte `from` on. Redirects are followed to where the
/// rules allow.
pub(super) fn ask(
    agent: &Agent,
    rules: &Rules,
    address: &str,
    from: u64,
) -> Result<Response<Body>, Fault> {
    let mut uri = rules.allowed(address).map_err(Fault::Wrong)?;
    for _ in 0..=MOST_REDIRECTS {
        let mut request = agent.get(&uri);
        if from > 0 {
            request = request.header(header::RANGE, format!("bytes={from}-"));
        }
        let response = request.call().map_err(|e| Fault::Pause(in_words(&e)))?;
        if !response.status().is_redirection() {
            return Ok(response);
        }
        let place = response.headers().get(header::LOCATION).and_then(|v| v.to_str().ok());
        let place =
            place.ok_or_else(|| Fault::Wrong("the server redirects to nowhere".to_owned()))?;
        // Within the same host a path alone is enough.
        let place = match (
            place.starts_with('/') && !place.starts_with("//"),
            uri.scheme(),
            uri.authority(),
        ) {
            (true, Some(scheme), Some(host)) => format!("{scheme}://{host}{place}"),
            _ => place.to_owned(),
        };
        let refused = |why| Fault::Wrong(format!("redirected, but {why}"));
        uri = rules.allowed(&place).map_err(refused)?;
    }
    let message = format!("redirected more often than the limit of {MOST_REDIRECTS}");
    Err(Fault::Wrong(message))
}

/// What is wrong with a connection.
pub(super) fn in_words(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Timeout(_) => "the server was silent for too long".to_owned(),
        ureq::Error::HostNotFound => "the host was not found; is there a network?".to_owned(),
        ureq::Error::ConnectionFailed => "no connection; is there a network?".to_owned(),
        ureq::Error::Io(error) => crate::io::plain_error(error),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_to_hosts_of_the_manifest() {
        let originals = crate::bundled::manifest().unwrap().original;
        let rules = Rules::of(&originals);
        for original in &originals {
            assert!(rules.allowed(&original.url).is_ok(), "{}", original.url);
        }
        for (address, words) in [
            ("http://github.com/a", "is not https"),
            ("file:///etc/passwd", "is no address"),
            ("https://example.org/a", "no host of the manifest"),
            ("https://github.com.example.org/a", "no host of the manifest"),
            ("https://github.com@example.org/a", "no host of the manifest"),
            ("https://user@github.com/a", "no host of the manifest"),
            ("https://github.com:8443/a", "no host of the manifest"),
            ("https://169.254.169.254/latest", "no host of the manifest"),
            ("/a", "is not https"),
            ("", "is no address"),
        ] {
            let refused = rules.allowed(address).unwrap_err();
            assert!(refused.contains(words), "{address}: {refused}");
        }
    }
}
