use super::{Tag, resolve};

fn all(tag: Tag, texts: &[&str]) {
    for text in texts {
        assert_eq!(resolve(text), tag, "{text:?}");
    }
}

#[test]
fn words_have_three_cases() {
    all(Tag::Bool, &["yes", "Yes", "YES", "no", "on", "Off", "TRUE", "false"]);
    all(Tag::Null, &["", "~", "null", "Null", "NULL", " "]);
    all(Tag::Str, &["y", "N", "yEs", "tRUE", "nULL", "~~", "  ", "yes ", "="]);
}

#[test]
fn numbers() {
    all(Tag::Int, &["0", "-0", "+12", "1_0", "1__", "0644", "0_7", "0x1F", "0b1_0", "0x__f", "190:20:30", "1:5"]);
    all(Tag::Float, &["1.", "1.5", ".5", "._", "1e3", "1_0E-3", "089.5", "0:30.5", "1:59.", "-.inf", ".NaN", "1.e5"]);
    all(
        Tag::Str,
        &["08", "0_", "0o7", "0x", "0X1", "1e", "1:60", "0:30", "-.nan", ".", "+", "--1", "_1", "1.5.6", "1 "],
    );
    let long = "1".repeat(1025);
    all(Tag::Int, &[&long[1..]]);
    all(Tag::Str, &[&long]);
}

#[test]
fn timestamps() {
    all(Tag::Timestamp, &["2001-12-14", "2001-1-1 1:02:03", "2001-12-14T21:59:43.Z", "2001-12-14\t 21:59:43 -5:30"]);
    all(
        Tag::Str,
        &["2001-1-14", "2001-12-14 ", "2001-12-14T1:2:03", "2001-12-14T21:59:43 ", "20011-12-14", "2001-12-14T"],
    );
    let long = format!("2001-12-14T21:59:43.{}", "0".repeat(31));
    all(Tag::Str, &[&long]);
}
