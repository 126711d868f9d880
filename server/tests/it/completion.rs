//! `gennaker completion`.

use std::process::Command;

use crate::client::{Ran, command};

fn script(shell: &str) -> String {
    let ran = Ran::from(command(&["completion", shell]).output().expect("it starts"));
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    ran.out
}

/// What bash offers after these words, the last of which is being typed.
fn offered(script: &str, words: &str) -> Vec<String> {
    let ask = format!(
        "source /dev/stdin; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); \
         _gennaker gennaker \"${{COMP_WORDS[-1]}}\" \"${{COMP_WORDS[-2]}}\"; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    );
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), script).expect("it is written");
    let input = std::fs::File::open(file.path()).expect("it opens");
    let output = Command::new("bash").args(["-c", &ask]).stdin(input).output().expect("bash is there");
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).expect("UTF-8").lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_options_and_values() {
    let script = script("bash");
    assert_eq!(offered(&script, "gennaker proj"), ["project"]);
    assert_eq!(offered(&script, "gennaker pipeline-template us"), ["use"]);
    assert_eq!(offered(&script, "gennaker pipeline execute --para"), ["--parameter", "--parameter-file"]);
    assert_eq!(offered(&script, "gennaker app list --output y"), ["yaml"]);
    assert_eq!(offered(&script, "gennaker completion z"), ["zsh"]);
}

#[test]
fn zsh_and_fish_get_scripts_of_their_own() {
    assert!(script("zsh").starts_with("#compdef gennaker\n"));
    let fish = script("fish");
    assert!(fish.contains("complete -c gennaker") && fish.contains("pipeline-template"));
}

#[test]
fn a_shell_that_is_not_known_says_which_are() {
    let ran = Ran::from(command(&["completion", "tcsh"]).output().expect("it starts"));
    assert!(ran.code == 2 && ran.err.contains("[possible values: bash, zsh, fish]"), "{ran:?}");
}
