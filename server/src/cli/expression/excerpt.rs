//! A text with a mark under the character that is meant.

/// The most characters of a line that are shown.
const WIDTH: usize = 100;

/// The line of `text` that its character `column` (from 1) is in, and under it a `^`. Without a column (0) it is the first line alone.
/// Long lines are cut on both sides.
pub(super) fn of(text: &str, column: usize) -> String {
    let Some(mut at) = column.checked_sub(1) else {
        let line: Vec<char> = text.lines().next().unwrap_or_default().chars().collect();
        return format!("  {}", cut(&line, 0).0);
    };
    let mut lines = text.split('\n').map(|line| line.chars().collect::<Vec<char>>());
    let mut line = lines.next().unwrap_or_default();
    while at > line.len() {
        let Some(next) = lines.next() else { break };
        at -= line.len() + 1;
        line = next;
    }
    let (shown, at) = cut(&line, at.min(line.len()));
    format!("  {shown}\n  {:at$}^", "")
}

/// What is shown of a line, and where in it the character is that was at `at`.
fn cut(line: &[char], at: usize) -> (String, usize) {
    const DOTS: &str = "...";
    if line.len() <= WIDTH {
        return (line.iter().collect(), at);
    }
    let start = at.saturating_sub(WIDTH / 2).min(line.len() - WIDTH);
    let end = start + WIDTH;
    let (before, after) = (if start > 0 { DOTS } else { "" }, if end < line.len() { DOTS } else { "" });
    let middle: String = line[start..end].iter().collect();
    (format!("{before}{middle}{after}"), at - start + before.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_stands_under_the_character() {
        assert_eq!(of("größe + x", 9), "  größe + x\n          ^");
        assert_eq!(of("a", 2), "  a\n   ^", "behind the end");
        assert_eq!(of("a", 99), "  a\n   ^", "beyond it");
        assert_eq!(of("a\nb", 0), "  a");
        assert_eq!(of("", 1), "  \n  ^");
    }

    #[test]
    fn the_line_of_the_mark_is_shown() {
        assert_eq!(of("one\ntwo\nthree", 1), "  one\n  ^");
        assert_eq!(of("one\ntwo\nthree", 4), "  one\n     ^", "the end of a line");
        assert_eq!(of("one\ntwo\nthree", 6), "  two\n   ^");
        assert_eq!(of("one\ntwo\nthree", 13), "  three\n      ^");
    }

    #[test]
    fn a_long_line_is_cut_around_the_mark() {
        let text: String = std::iter::repeat_n("0123456789", 40).collect();
        for column in [1, 60, 200, 355, 400] {
            let shown = of(&text, column);
            let (line, mark) = shown.split_once('\n').expect("two lines");
            assert!(line.len() <= WIDTH + 8, "{shown}");
            let digit = char::from_digit(u32::try_from((column - 1) % 10).expect("a digit"), 10);
            assert_eq!(line.chars().nth(mark.len() - 1), digit, "{column}: {shown}");
        }
    }
}
