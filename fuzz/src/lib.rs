//! Fuzz targets by name; what each checks stands in `tests/fuzz/`.

#[path = "../../tests/fuzz/mod.rs"]
mod targets;

/// Checks what must hold of any bytes.
///
/// # Panics
/// When something does not hold, or no target has the name.
pub fn run(name: &str, data: &[u8]) {
    // libFuzzer's hook ends the program at every panic, also where a reader
    // catches those of a decoder; what is not caught still ends it.
    static HOOK: std::sync::Once = std::sync::Once::new();
    HOOK.call_once(|| drop(std::panic::take_hook()));
    let found = targets::TARGETS.iter().find(|(target, _)| *target == name);
    let (_, check) = found.unwrap_or_else(|| panic!("no target {name}"));
    check(data);
}
