//! Downloads from a server on this machine that does what servers should not do.
#![cfg(feature = "fetch")]
#![allow(clippy::panic, clippy::unwrap_used)] // helpers of tests, which clippy does not know for such

use durand::bundled::Original;
use durand::digest::sha256_hex;
use durand::fetch::{Cache, FetchError, Fetched, Rules, fetch};
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::Duration;
use tempfile::TempDir;

/// What the server does with a connection after it has read the request.
enum Answer {
    /// Sends bytes and hangs up.
    Send(Vec<u8>),
    /// Sends bytes and says no more.
    Stall(Vec<u8>),
    /// Sends bytes, then one at a time for ever.
    Drip(Vec<u8>),
    /// Sends bytes, then the same again and again for ever.
    Flood(Vec<u8>),
}

/// Answers as many connections as there are answers; gives the requests.
fn serve(answers: Vec<Answer>) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let served = std::thread::spawn(move || {
        answers.into_iter().map(|answer| one(listener.accept().unwrap().0, answer)).collect()
    });
    (host, served)
}

fn one(mut stream: TcpStream, answer: Answer) -> String {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
        request.push(byte[0]);
    }
    // The other end hangs up when it has had enough.
    let mut send = |bytes: &[u8]| stream.write_all(bytes).is_ok();
    match answer {
        Answer::Send(bytes) => drop(send(&bytes)),
        Answer::Stall(bytes) => {
            send(&bytes);
            let _ = stream.read(&mut byte);
        }
        Answer::Drip(bytes) => {
            send(&bytes);
            while send(b"x") {
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        Answer::Flood(bytes) => while send(&bytes) {},
    }
    String::from_utf8(request).unwrap().to_lowercase()
}

/// What an original should be: 100 kB, so that it comes in several pieces.
fn content() -> Vec<u8> {
    (0..100_000_u32).map(|i| (i.wrapping_mul(i) >> 3) as u8).collect()
}

fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut answer =
        format!("HTTP/1.1 {status}\r\nConnection: close\r\n{headers}\r\n").into_bytes();
    answer.extend(body);
    answer
}

fn whole(body: &[u8]) -> Vec<u8> {
    answer("200 OK", &format!("Content-Length: {}\r\n", body.len()), body)
}

fn rest(from: usize) -> Vec<u8> {
    let body = content();
    let headers = format!(
        "Content-Length: {}\r\nContent-Range: bytes {from}-{}/{}\r\n",
        body.len() - from,
        body.len() - 1,
        body.len()
    );
    answer("206 Partial Content", &headers, &body[from..])
}

fn to(place: &str) -> Vec<u8> {
    answer("302 Found", &format!("Location: {place}\r\nContent-Length: 0\r\n"), b"")
}

/// A cache, and an original that a server of our own has.
struct Case {
    folder: TempDir,
    original: Original,
    rules: Rules,
}

impl Case {
    fn new() -> Case {
        let text = String::new;
        let original = Original {
            layer: text(),
            file: "some/where/a.bin".to_owned(),
            source: text(),
            version: text(),
            url: text(),
            publisher: "https://example.org".to_owned(),
            licence: text(),
            attribution: text(),
            sha256: sha256_hex(&content()),
            bytes: content().len() as u64,
        };
        let mut rules = Rules::of(&[]);
        rules.plain_http = true;
        rules.idle = Duration::from_millis(500);
        rules.patience = Duration::from_secs(2);
        rules.slowest_bytes_per_s = 1_000_000;
        Case { folder: tempfile::tempdir().unwrap(), original, rules }
    }

    fn cache(&self) -> Cache {
        Cache::at(self.folder.path().join("cache"))
    }

    fn part(&self) -> Option<Vec<u8>> {
        fs::read(self.folder.path().join("cache/some/where/a.bin.part")).ok()
    }

    fn leave_part(&self, bytes: &[u8]) {
        let folder = self.folder.path().join("cache/some/where");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("a.bin.part"), bytes).unwrap();
    }

    /// Downloads; `{}` in an answer's text stands for the server's host.
    fn fetch(&mut self, answers: Vec<Answer>) -> (Result<Fetched, FetchError>, Vec<String>) {
        let (host, served) = serve(answers);
        self.original.url = format!("http://{host}/a.bin");
        self.rules.hosts = [host].into();
        let fetched = fetch(&self.original, &self.cache(), &self.rules, &|_| {});
        (fetched, served.join().unwrap())
    }

    fn good(&mut self, answers: Vec<Answer>) -> Vec<String> {
        let (fetched, requests) = self.fetch(answers);
        assert_eq!(fetched, Ok(Fetched::Downloaded));
        assert_eq!(fs::read(self.cache().path_of(&self.original)).unwrap(), content());
        assert_eq!(self.part(), None);
        requests
    }

    fn bad(&mut self, words: &str, answers: Vec<Answer>) {
        let (fetched, _) = self.fetch(answers);
        let error = fetched.unwrap_err();
        assert!(error.message.contains(words), "{words}: {error}");
        assert!(!error.hint.is_empty() && !error.message.contains("os error"), "{error:?}");
        assert!(!self.cache().path_of(&self.original).exists(), "{words}");
    }
}

#[test]
fn what_is_whole_is_kept_and_not_asked_for_again() {
    let mut case = Case::new();
    let requests = case.good(vec![Answer::Send(whole(&content()))]);
    assert!(requests[0].starts_with("get /a.bin "));
    assert!(requests[0].contains("accept-encoding: identity") && !requests[0].contains("range:"));
    let again = fetch(&case.original, &case.cache(), &case.rules, &|_| {});
    assert_eq!(again, Ok(Fetched::Kept));
    // A file that has changed since is not taken for it.
    fs::write(case.cache().path_of(&case.original), "changed").unwrap();
    case.good(vec![Answer::Send(whole(&content()))]);
}

#[test]
fn what_breaks_off_is_continued() {
    for broken in [
        Answer::Send as fn(Vec<u8>) -> Answer,
        Answer::Stall, // says nothing more
    ] {
        let mut case = Case::new();
        let mut begun = whole(&content());
        begun.truncate(begun.len() - 30_000);
        case.bad("70000 of 100000 bytes", vec![broken(begun)]);
        assert_eq!(case.part().unwrap(), content()[..70_000]);
        let requests = case.good(vec![Answer::Send(rest(70_000))]);
        assert!(requests[0].contains("range: bytes=70000-"));
    }
    // A server that knows no ranges sends all of it once more.
    let mut case = Case::new();
    case.leave_part(&content()[..5]);
    case.good(vec![Answer::Send(whole(&content()))]);
    // Killed before it was given its name.
    let mut case = Case::new();
    case.leave_part(&content());
    case.good(vec![]);
}

#[test]
fn what_cannot_be_continued_is_begun_again() {
    let other = vec![b'o'; 40_000];
    for first in [
        rest(40_000), // the file has changed in between
        answer("416 Range Not Satisfiable", "Content-Length: 0\r\n", b""),
        rest(39_000), // other bytes than were asked for
    ] {
        let mut case = Case::new();
        case.leave_part(&other);
        case.good(vec![Answer::Send(first), Answer::Send(whole(&content()))]);
    }
    let mut case = Case::new();
    case.leave_part(&[b'o'; 200_000]);
    case.good(vec![Answer::Send(whole(&content()))]);
}

#[test]
fn wrong_bytes_get_no_name() {
    let mut wrong = content();
    wrong[50_000] ^= 1;
    let page = b"<html>404, sorry</html>";
    let mut lie = answer("200 OK", "Content-Length: 90000\r\n", &content());
    lie.truncate(95_000);
    for (words, sent) in [
        ("sha256 is", Answer::Send(whole(&wrong))),
        ("the server has 23 bytes", Answer::Send(whole(page))),
        ("the server has 90000 bytes", Answer::Send(lie)),
        ("answers 404", Answer::Send(answer("404 Not Found", "Content-Length: 23\r\n", page))),
        ("sends more than the 100000", Answer::Flood(answer("200 OK", "", &[b'0'; 70_000]))),
    ] {
        let mut case = Case::new();
        case.bad(words, vec![sent]);
        assert_eq!(case.part(), None, "{words}");
    }
    // Packed on the way, a few bytes could become any number: they stay packed.
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    bomb.write_all(&vec![0; 50 << 20]).unwrap();
    let bomb = bomb.finish().unwrap();
    let headers = format!("Content-Encoding: gzip\r\nContent-Length: {}\r\n", bomb.len());
    Case::new().bad("the server has", vec![Answer::Send(answer("200 OK", &headers, &bomb))]);
}

#[test]
fn a_server_that_takes_its_time_is_left() {
    let start = whole(&content())[..90].to_vec();
    Case::new().bad("of 100000 bytes", vec![Answer::Drip(start)]);
    Case::new().bad("silent", vec![Answer::Stall(Vec::new())]);
    let busy = answer("503 Service Unavailable", "Content-Length: 0\r\n", b"");
    Case::new().bad("answers 503", vec![Answer::Send(busy)]);
    // Nobody there.
    let mut case = Case::new();
    let host = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    case.original.url = format!("http://{host}/a.bin");
    case.rules.hosts = [host].into();
    let error = fetch(&case.original, &case.cache(), &case.rules, &|_| {}).unwrap_err();
    assert!(error.hint.contains("network"), "{error:?}");
    assert_eq!(case.part(), None);
}

#[test]
fn redirects_lead_to_hosts_of_the_manifest_alone() {
    let mut case = Case::new();
    let requests = case.good(vec![Answer::Send(to("/b.bin?c=1")), Answer::Send(whole(&content()))]);
    assert!(requests[1].starts_with("get /b.bin?c=1 "));
    for place in [
        "http://example.org/a.bin",
        "https://example.org/a.bin",
        "http://169.254.169.254/latest/meta-data",
        "http://localhost:1/a.bin",
        "//example.org/a.bin",
        "file:///etc/passwd",
    ] {
        Case::new().bad("redirected, but", vec![Answer::Send(to(place))]);
    }
    let circle = (0..6).map(|_| Answer::Send(to("/a.bin"))).collect();
    Case::new().bad("limit of 5", circle);
    Case::new().bad("to nowhere", vec![Answer::Send(answer("302 Found", "", b""))]);
}

#[test]
fn without_tls_nothing_is_asked() {
    let mut case = Case::new();
    case.rules.plain_http = false;
    case.bad("is not https", vec![]);
}

#[test]
fn a_cache_that_cannot_be_written_is_named() {
    let case = Case::new();
    fs::write(case.folder.path().join("cache"), "a file").unwrap();
    let error = fetch(&case.original, &case.cache(), &case.rules, &|_| {}).unwrap_err();
    assert!(error.hint.contains("--cache"), "{error:?}");
}

#[test]
fn two_runs_do_not_write_one_file() {
    let case = Case::new();
    case.leave_part(b"");
    let path = case.folder.path().join("cache/some/where/a.bin.part");
    let other = fs::File::open(path).unwrap();
    other.lock().unwrap();
    let error = fetch(&case.original, &case.cache(), &case.rules, &|_| {}).unwrap_err();
    assert!(error.message.contains("another run"), "{error:?}");
}
