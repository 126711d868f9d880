//! Which server group of a cluster a word means now: upstream's `TargetServerGroup`.

use std::{cmp::Reverse, str::FromStr};

use gennaker_wire::ServerGroup;

use super::{Error, Result, View};

/// A word for a server group. Each is read plain (`current`) and with upstream's endings (`current_asg`,
/// `current_asg_dynamic`), in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    /// The newest, also `newest`.
    Current,
    /// The one before the newest, also `ancestor`.
    Previous,
    /// The oldest.
    Oldest,
    /// The one with the most instances; of equal ones the newest.
    Largest,
    /// The only one.
    Fail,
}

impl FromStr for Target {
    type Err = ();

    fn from_str(text: &str) -> std::result::Result<Self, ()> {
        let word = text.to_ascii_lowercase();
        let word = word.strip_suffix("_dynamic").filter(|word| word.ends_with("_asg")).unwrap_or(&word);
        match word.strip_suffix("_asg").unwrap_or(word) {
            "current" | "newest" => Ok(Target::Current),
            "previous" | "ancestor" => Ok(Target::Previous),
            "oldest" => Ok(Target::Oldest),
            "largest" => Ok(Target::Largest),
            "fail" => Ok(Target::Fail),
            _ => Err(()),
        }
    }
}

/// Where a target is looked for.
pub(crate) struct Place<'a> {
    /// The application.
    pub(crate) application: &'a str,
    /// The account.
    pub(crate) account: &'a str,
    /// The cluster.
    pub(crate) cluster: &'a str,
    /// The cloud.
    pub(crate) provider: &'a str,
    /// A region or zone.
    pub(crate) scope: &'a str,
}

impl View {
    /// The server group that `word` means. With `only_enabled`, disabled ones do not count; with `validate_oldest`, the
    /// oldest must not be the only one.
    ///
    /// # Errors
    /// If it means none, or nothing is known of the account yet.
    pub(crate) fn target(
        &self,
        place: &Place<'_>,
        word: &str,
        only_enabled: bool,
        validate_oldest: bool,
    ) -> Result<&ServerGroup> {
        let missing = || Error::not_found(format!("Target not found (target: {word})"));
        let target: Target = word.parse().map_err(|()| missing())?;
        let Place { application, account, cluster, provider, scope } = *place;
        let groups = self.cluster_server_groups(application, account, cluster, provider)?;
        let in_scope = |group: &&ServerGroup| group.region == scope || group.zones.iter().any(|zone| zone == scope);
        let mut groups: Vec<_> = groups
            .into_iter()
            .filter(in_scope)
            .filter(|group| group.created_time.is_some() && !(only_enabled && group.disabled))
            .collect();
        // The newest first; what is created at one time is told apart by its number.
        groups.sort_by_key(|group| Reverse((group.created_time, group.moniker.sequence, group.name.clone())));
        let found = match target {
            Target::Current => groups.first(),
            Target::Previous if groups.len() == 1 => return Err(missing()),
            Target::Previous => groups.get(1),
            Target::Oldest if validate_oldest && groups.len() == 1 => return Err(missing()),
            Target::Oldest => groups.last(),
            // The first of equal ones is the newest.
            Target::Largest => groups.iter().min_by_key(|group| Reverse(group.instances.len())),
            Target::Fail if groups.len() > 1 => {
                let names: Vec<_> = groups.iter().map(|group| group.name.as_str()).collect();
                let names = names.join(", ");
                let message = format!("More than one target found (scope: {scope}, serverGroups: {names})");
                return Err(Error::not_found(message));
            }
            Target::Fail => groups.first(),
        };
        found.copied().ok_or_else(|| {
            let provider = provider.to_uppercase();
            Error::not_found(format!(
                "No server groups found (account: {account}, location: {scope}, cluster: {cluster}, type: {provider})"
            ))
        })
    }
}
