//! What the linker does for the release binary: it keeps one of functions that are the same, and packs what is moved at the
//! start. Only where Rust brings its own linker, which is known to do both.
#![expect(clippy::disallowed_methods, reason = "how cargo tells what is built")]

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|it| it == value);
    if is("PROFILE", "release") && is("TARGET", "x86_64-unknown-linux-gnu") {
        for argument in ["--icf=all", "-z,pack-relative-relocs"] {
            println!("cargo::rustc-link-arg-bin=pmos=-Wl,{argument}");
        }
    }
}
