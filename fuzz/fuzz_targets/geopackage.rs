#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| durand_fuzz::run("geopackage", data));
