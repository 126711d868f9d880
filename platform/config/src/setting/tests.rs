use super::*;

#[test]
fn durations_are_read_as_spring_reads_them() {
    for (text, nanoseconds) in [
        ("10s", Some(10_000_000_000)),
        ("10S", Some(10_000_000_000)),
        (" 250 ", Some(250_000_000)),
        ("+5", Some(5_000_000)),
        ("7ns", Some(7)),
        ("7us", Some(7_000)),
        ("7ms", Some(7_000_000)),
        ("2m", Some(120_000_000_000)),
        ("1h", Some(3_600_000_000_000)),
        ("1d", Some(86_400_000_000_000)),
        ("PT10S", Some(10_000_000_000)),
        ("pt1m0.5s", Some(60_500_000_000)),
        ("P1DT2H", Some(93_600_000_000_000)),
        ("P2D", Some(172_800_000_000_000)),
        ("-1", None),
        ("10 s", None),
        ("10w", None),
        ("", None),
        ("P", None),
        ("PT", None),
        ("PT1S1M", None),
        ("PT1.5M", None),
        ("PTS", None),
        ("99999999999999999999d", None),
        ("18446744073709551615d", None),
    ] {
        let parsed = text.parse::<DurationSetting>().ok().map(|setting| setting.0.as_nanos());
        assert_eq!(parsed, nanoseconds, "{text}");
    }
}

#[test]
fn sizes_are_read_as_spring_reads_them() {
    for (text, bytes) in [
        ("10MB", Some(10 << 20)),
        ("1kb", Some(1024)),
        ("512", Some(512)),
        ("512B", Some(512)),
        ("2TB", Some(2 << 40)),
        ("10M", None),
        ("x", None),
        ("-1", None),
        ("18446744073709551615TB", None),
    ] {
        assert_eq!(text.parse::<DataSize>().ok().map(DataSize::bytes), bytes, "{text}");
    }
}

#[test]
fn settings_print_as_they_are_read() {
    for text in ["10s", "1500ms", "7ns", "0s"] {
        assert_eq!(text.parse::<DurationSetting>().expect(text).to_string(), text);
    }
    for text in ["10MB", "1536KB", "3GB", "7B", "0B"] {
        assert_eq!(text.parse::<DataSize>().expect(text).to_string(), text);
    }
}

#[test]
fn settings_are_json_too() {
    let setting: DurationSetting = serde_json::from_str("\"10s\"").expect("a duration");
    assert_eq!(serde_json::to_string(&setting).expect("JSON"), "\"10s\"");
    assert_eq!(serde_json::from_str::<DataSize>("512").expect("a size"), DataSize(512));
}
