//! Aligned columns, and text of a peer made safe for a terminal.

/// Lines of columns, each as wide as its widest cell, the last one as it is. No line ends with spaces.
pub(super) fn lines(rows: &[Vec<String>]) -> Vec<String> {
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| clean(cell)).collect()).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// The text on one line, without what could steer a terminal.
pub(super) fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The text with its lines, without what could steer a terminal.
pub(super) fn clean_lines(text: &str) -> String {
    text.lines().map(clean).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(cells: &[&[&str]]) -> Vec<Vec<String>> {
        cells.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect()
    }

    #[test]
    fn columns_are_aligned_by_characters() {
        let found = lines(&rows(&[&["NAME", "EMAIL"], &["größe", ""], &["a", "a@example.com"], &["short"]]));
        assert_eq!(found, ["NAME   EMAIL", "größe", "a      a@example.com", "short"]);
        assert!(lines(&[]).is_empty());
    }

    #[test]
    fn a_name_cannot_steer_the_terminal() {
        assert_eq!(lines(&rows(&[&["a\u{1b}[2J\nb", "c"]])), ["a [2J b  c"]);
        assert_eq!(clean_lines("one\r\ntwo\u{7}"), "one\ntwo ");
    }
}
