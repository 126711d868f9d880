//! Suggestions for misspelt names.

/// `; did you mean 'name'?` for the nearest of the known names, or nothing if none is near.
pub(crate) fn hint<'n>(prefix: &str, name: &str, known: impl IntoIterator<Item = &'n str>) -> String {
    nearest(name, known).map_or_else(String::new, |candidate| format!("; did you mean '{prefix}{candidate}'?"))
}

/// The nearest of the known names, if one is near.
pub(crate) fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    if name.len() > LONGEST {
        return None;
    }
    // A letter in three may be wrong; the nearest counts, of equally near ones the first.
    let most = (name.chars().count() / 3).max(1);
    let lower = name.to_lowercase();
    let nearest = known
        .into_iter()
        .filter(|candidate| candidate.len().abs_diff(name.len()) <= most)
        .map(|candidate| (distance(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= most && *candidate != name)
        .min_by_key(|(distance, _)| *distance);
    nearest.map(|(_, candidate)| candidate)
}

/// Nobody misspells a name that is longer.
const LONGEST: usize = 64;

/// How many letters have to be put in, taken out, replaced or swapped with their neighbour (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_suggested() {
        let known = ["toUpperCase", "toLowerCase", "trim"];
        assert_eq!(hint("", "toUpercase", known), "; did you mean 'toUpperCase'?");
        assert_eq!(hint("", "tirm", known), "; did you mean 'trim'?");
        assert_eq!(hint("#", "trimm", known), "; did you mean '#trim'?");
    }

    #[test]
    fn far_names_are_not() {
        assert_eq!(hint("", "reverse", ["toUpperCase", "trim"]), "");
        assert_eq!(hint("", "a", ["abcdef"]), "");
        assert_eq!(hint("", "x", []), "");
    }
}
