//! What git proves with who an account is. It is given in the environment of the program, and never on its command line.

use std::{net::IpAddr, path::PathBuf};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use gennaker_base::Redacted;
use url::Host;

use super::{
    super::{
        Error, GitAccount,
        secret::{Token, basic, given},
    },
    address::{Address, Scheme},
};

/// How long a connection of SSH may take, in seconds.
const SSH_CONNECT: u32 = 15;

/// What is configured.
pub(super) struct Login {
    username: Option<String>,
    password: Option<Redacted<String>>,
    token: Token,
    key: Option<PathBuf>,
    passphrase: Option<Redacted<String>>,
    passphrase_program: Option<PathBuf>,
    known_hosts: Option<PathBuf>,
    trusts_unknown: bool,
}

/// What is given to the program for one fetch.
#[derive(Default)]
pub(super) struct Proof {
    /// The value of the header `Authorization`.
    pub(super) header: Option<Redacted<String>>,
    /// How SSH is called, for a shell.
    pub(super) ssh: Option<String>,
    /// A program that prints the key's passphrase.
    pub(super) passphrase_program: Option<PathBuf>,
    /// The key's passphrase.
    pub(super) passphrase: Option<Redacted<String>>,
    /// What must not be shown, wherever git shows it.
    pub(super) secrets: Vec<Redacted<String>>,
}

impl Login {
    pub(super) fn new(account: &GitAccount) -> Self {
        Login {
            username: given(account.username.as_ref()),
            password: given(account.password.as_ref()),
            token: account.token(),
            key: given(account.ssh_private_key_file_path.as_ref()),
            passphrase: given(account.ssh_private_key_passphrase.as_ref()),
            passphrase_program: given(account.ssh_private_key_passphrase_cmd.as_ref()),
            known_hosts: given(account.ssh_known_hosts_file_path.as_ref()),
            trusts_unknown: account.ssh_trust_unknown_hosts,
        }
    }

    /// What has to be another if the account cannot be used with that address.
    pub(super) fn check(&self, address: &Address) -> Result<(), String> {
        let has_word = (self.username.is_some() && self.password.is_some()) || self.token.is_there();
        match address.scheme {
            Scheme::Ssh if has_word => {
                Err("the account has a password or a token, which are for https: write https://".to_owned())
            }
            Scheme::Http | Scheme::Https if !has_word && self.key.is_some() => {
                Err("the account has a key of SSH: write ssh:// or git@HOST:PATH".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// What the program is given. Files are read now.
    pub(super) async fn read(&self, address: &Address, addresses: &[IpAddr]) -> Result<Proof, Error> {
        if address.scheme == Scheme::Ssh {
            return Ok(Proof {
                ssh: Some(self.ssh(address, addresses)),
                passphrase_program: self.passphrase_program.clone(),
                passphrase: self.passphrase.clone().filter(|_| self.passphrase_program.is_none()),
                secrets: self.passphrase.clone().into_iter().collect(),
                ..Proof::default()
            });
        }
        let (user, word) = match (&self.username, &self.password) {
            (Some(user), Some(password)) => (user.as_str(), password.clone()),
            (user, _) => match self.token.read().await? {
                Some(token) => (user.as_deref().unwrap_or("token"), token),
                None => return Ok(Proof::default()),
            },
        };
        let pair = format!("{user}:{}", word.expose());
        let encoded = Redacted::new(BASE64_STANDARD.encode(&pair));
        Ok(Proof { header: Some(Redacted::new(basic(&pair))), secrets: vec![word, encoded], ..Proof::default() })
    }

    /// The command for SSH: it reads no configuration, asks nobody, and goes to the address that was looked at.
    fn ssh(&self, address: &Address, addresses: &[IpAddr]) -> String {
        let mut options = vec![format!("ConnectTimeout={SSH_CONNECT}"), "ServerAliveInterval=15".to_owned()];
        if let (Host::Domain(name), Some(first)) = (&address.host, addresses.first()) {
            let known_as = if address.port == 22 { name.clone() } else { format!("[{name}]:{}", address.port) };
            options.extend([format!("HostName={first}"), format!("HostKeyAlias={known_as}")]);
        }
        if self.trusts_unknown {
            options.extend(["UserKnownHostsFile=/dev/null", "StrictHostKeyChecking=no"].map(str::to_owned));
        } else {
            options.extend(self.known_hosts.iter().map(|path| format!("UserKnownHostsFile=\"{}\"", path.display())));
            options.push("StrictHostKeyChecking=yes".to_owned());
        }
        if self.passphrase.is_none() && self.passphrase_program.is_none() {
            options.push("BatchMode=yes".to_owned());
        }
        let mut command = "ssh -F /dev/null".to_owned();
        if let Some(key) = &self.key {
            options.push("IdentitiesOnly=yes".to_owned());
            command.push_str(&format!(" -i {}", quoted(&key.display().to_string())));
        }
        options.iter().for_each(|option| command.push_str(&format!(" -o {}", quoted(option))));
        command
    }
}

/// One word for a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(change: impl FnOnce(&mut GitAccount)) -> Login {
        let mut account = GitAccount { name: "git".to_owned(), ..GitAccount::default() };
        change(&mut account);
        Login::new(&account)
    }

    #[tokio::test]
    async fn ssh_goes_to_the_address_that_was_looked_at_and_asks_nobody() {
        let login = login(|account| account.ssh_private_key_file_path = Some("/keys/it's".into()));
        let address = Address::parse("ssh://git@example.com:2222/a").expect("an address");
        assert!(login.check(&address).is_ok());
        assert!(login.check(&Address::parse("https://example.com/a").expect("an address")).is_err());
        let proof = login.read(&address, &["192.0.2.7".parse().expect("an address")]).await.expect("a proof");
        assert_eq!(
            proof.ssh.as_deref(),
            Some(
                r"ssh -F /dev/null -i '/keys/it'\''s' -o 'ConnectTimeout=15' -o 'ServerAliveInterval=15' -o 'HostName=192.0.2.7' -o 'HostKeyAlias=[example.com]:2222' -o 'StrictHostKeyChecking=yes' -o 'BatchMode=yes' -o 'IdentitiesOnly=yes'"
            )
        );
    }

    #[tokio::test]
    async fn a_password_counts_before_a_token_and_a_file_before_both_is_read_each_time() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("token");
        let address = Address::parse("https://example.com/a").expect("an address");
        let header = async |login: &Login| {
            let proof = login.read(&address, &[]).await.expect("a proof");
            proof.header.map(|header| header.expose().clone())
        };
        let token = login(|account| account.token_file = Some(file.clone()));
        for word in ["one", "two"] {
            std::fs::write(&file, format!("{word}\n")).expect("a file");
            assert_eq!(header(&token).await, Some(basic(&format!("token:{word}"))));
        }
        let both = login(|account| {
            account.username = Some("ann".to_owned());
            account.password = Some(Redacted::new("p".to_owned()));
            account.token = Some(Redacted::new("t".to_owned()));
        });
        assert_eq!(header(&both).await, Some(basic("ann:p")));
        assert!(both.check(&Address::parse("git@example.com:a").expect("an address")).is_err());
        std::fs::remove_file(&file).expect("it is there");
        let error = token.read(&address, &[]).await.err().expect("there is no token").to_string();
        assert!(error.contains("tokenFile") && error.contains("account git"), "{error}");
    }
}
