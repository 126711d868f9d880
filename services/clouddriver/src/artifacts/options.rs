//! What can be configured: upstream's keys under `artifacts` of `clouddriver.yml`, and `artifacts.fetch`, which is ours.

use std::{path::PathBuf, time::Duration};

use gennaker_base::Redacted;
use gennaker_http::outbound::UrlRuleOptions;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::secret::{Basic, Token, given};

/// The accounts by their kinds: `artifacts`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ArtifactOptions {
    /// What every fetch is held to.
    pub fetch: FetchOptions,
    /// Files behind any address: `http/file`.
    pub http: Accounts<HttpAccount>,
    /// Files of repositories on GitHub: `github/file`.
    pub github: Accounts<GitHubAccount>,
    /// Files of repositories on GitLab: `gitlab/file`.
    pub gitlab: Accounts<GitLabAccount>,
    /// Files of repositories on Bitbucket: `bitbucket/file`.
    pub bitbucket: Accounts<BitbucketAccount>,
    /// Charts of Helm repositories: `helm/chart`, `helm/index`.
    pub helm: Accounts<HelmAccount>,
    /// Objects of buckets: `s3/object`.
    pub s3: Accounts<S3Account>,
    /// Whole git repositories, or folders of them: `git/repo`.
    pub git_repo: GitAccounts,
}

impl ArtifactOptions {
    /// Every account's rules for addresses, for whoever completes them from the environment
    /// ([`UrlRuleOptions::excluded_domains_from_environment`]).
    pub fn url_rules(&mut self) -> impl Iterator<Item = &mut UrlRuleOptions> {
        let http = self.http.accounts.iter_mut().map(|account| &mut account.url_restrictions);
        let github = self.github.accounts.iter_mut().map(|account| &mut account.url_restrictions);
        let gitlab = self.gitlab.accounts.iter_mut().map(|account| &mut account.url_restrictions);
        let bitbucket = self.bitbucket.accounts.iter_mut().map(|account| &mut account.url_restrictions);
        let helm = self.helm.accounts.iter_mut().filter_map(|account| account.url_restrictions.as_mut());
        let git = self.git_repo.accounts.iter_mut().map(|account| &mut account.url_restrictions);
        http.chain(github).chain(gitlab).chain(bitbucket).chain(helm).chain(git)
    }
}

/// What every fetch is held to: `artifacts.fetch`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FetchOptions {
    /// The largest artifact, and what git may write for it, in bytes; 512 MiB by default.
    pub size_limit: u64,
    /// How long a fetch may take with all that belongs to it, in milliseconds; 5 minutes by default.
    pub deadline_ms: u64,
    /// How many fetches are under way at a time, 32 by default; more wait within their deadlines.
    pub concurrency: usize,
}

impl Default for FetchOptions {
    fn default() -> Self {
        FetchOptions { size_limit: 512 << 20, deadline_ms: 300_000, concurrency: 32 }
    }
}

impl FetchOptions {
    pub(super) fn deadline(&self) -> Duration {
        Duration::from_millis(self.deadline_ms)
    }
}

/// The accounts of a kind.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, bound = "T: Serialize + DeserializeOwned + Default")]
pub struct Accounts<T> {
    /// Whether there are any; false by default.
    pub enabled: bool,
    /// The accounts.
    pub accounts: Vec<T>,
}

/// What has a name.
pub(super) trait Named {
    fn name(&self) -> &str;
}

macro_rules! named {
    ($($account:ty),*) => {
        $(impl Named for $account {
            fn name(&self) -> &str {
                &self.name
            }
        })*
    };
}

/// The user of accounts that may have one.
macro_rules! with_user {
    ($($account:ty),*) => {
        $(impl $account {
            pub(super) fn user(&self) -> Basic {
                Basic {
                    account: self.name.clone(),
                    username: given(self.username.as_ref()),
                    password: given(self.password.as_ref()),
                    file: given(self.username_password_file.as_ref()),
                }
            }
        })*
    };
}

/// The token of accounts that may have one.
macro_rules! with_token {
    ($($account:ty),*) => {
        $(impl $account {
            pub(super) fn token(&self) -> Token {
                Token {
                    account: self.name.clone(),
                    token: given(self.token.as_ref()),
                    file: given(self.token_file.as_ref()),
                }
            }
        })*
    };
}

with_user!(HttpAccount, GitHubAccount, BitbucketAccount, HelmAccount);
with_token!(GitHubAccount, GitLabAccount, BitbucketAccount, GitAccount);
named!(HttpAccount, GitHubAccount, GitLabAccount, BitbucketAccount, HelmAccount, S3Account);

/// `artifacts.http.accounts`: a user and a password, or none.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HttpAccount {
    /// The name.
    pub name: String,
    /// The user's name.
    pub username: Option<String>,
    /// The user's password.
    #[serde(skip_serializing)]
    pub password: Option<Redacted<String>>,
    /// A file with `user:password`; it counts before the two.
    pub username_password_file: Option<PathBuf>,
    /// Which addresses may be named.
    pub url_restrictions: UrlRuleOptions,
}

/// `artifacts.github.accounts`: a token, or a user and a password, or none.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GitHubAccount {
    /// The name.
    pub name: String,
    /// The user's name.
    pub username: Option<String>,
    /// The user's password.
    #[serde(skip_serializing)]
    pub password: Option<Redacted<String>>,
    /// A file with `user:password`; it counts before the two.
    pub username_password_file: Option<PathBuf>,
    /// A token; it counts before user and password.
    #[serde(skip_serializing)]
    pub token: Option<Redacted<String>>,
    /// A file with a token; it counts before that.
    pub token_file: Option<PathBuf>,
    /// The version of the API that gives raw content, `v3` by default.
    #[serde(rename = "githubAPIVersion")]
    pub github_api_version: Option<String>,
    /// Whether the API itself is asked for the content, and not for where to download it; false by default.
    #[serde(rename = "useContentAPI")]
    pub use_content_api: bool,
    /// Which addresses may be named.
    pub url_restrictions: UrlRuleOptions,
}

/// `artifacts.gitlab.accounts`: a token, or none.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GitLabAccount {
    /// The name.
    pub name: String,
    /// A token.
    #[serde(skip_serializing)]
    pub token: Option<Redacted<String>>,
    /// A file with a token; it counts before that.
    pub token_file: Option<PathBuf>,
    /// Which addresses may be named.
    pub url_restrictions: UrlRuleOptions,
}

/// `artifacts.bitbucket.accounts`: a token, or a user and a password, or none.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BitbucketAccount {
    /// The name.
    pub name: String,
    /// The user's name.
    pub username: Option<String>,
    /// The user's password.
    #[serde(skip_serializing)]
    pub password: Option<Redacted<String>>,
    /// A file with `user:password`; it counts before the two.
    pub username_password_file: Option<PathBuf>,
    /// A token; it counts before user and password.
    #[serde(skip_serializing)]
    pub token: Option<Redacted<String>>,
    /// A file with a token; it counts before that.
    pub token_file: Option<PathBuf>,
    /// Which addresses may be named.
    pub url_restrictions: UrlRuleOptions,
}

/// `artifacts.helm.accounts`: a repository of charts, and a user and a password, or none.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HelmAccount {
    /// The name.
    pub name: String,
    /// The repository's address: where its `index.yaml` is.
    pub repository: String,
    /// The user's name.
    pub username: Option<String>,
    /// The user's password.
    #[serde(skip_serializing)]
    pub password: Option<Redacted<String>>,
    /// A file with `user:password`; it counts before the two.
    pub username_password_file: Option<PathBuf>,
    /// Which addresses the repository and its charts may be at; by default any but link-local ones, because it is the
    /// configuration that names the repository.
    pub url_restrictions: Option<UrlRuleOptions>,
}

/// `artifacts.s3.accounts`: a server of buckets, and a key, or AWS's own credentials.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct S3Account {
    /// The name.
    pub name: String,
    /// The server, for example `http://minio:9000`; AWS by default.
    pub api_endpoint: Option<String>,
    /// The region of that server.
    pub api_region: Option<String>,
    /// The region on AWS.
    pub region: Option<String>,
    /// An access key; by default AWS's own chain finds one.
    pub aws_access_key_id: Option<String>,
    /// And its secret.
    #[serde(skip_serializing)]
    pub aws_secret_access_key: Option<Redacted<String>>,
}

/// `artifacts.git-repo`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GitAccounts {
    /// Whether there are any; false by default.
    pub enabled: bool,
    /// The program, `git` by default: 2.37 or newer.
    pub git_executable: String,
    /// What an address has to look like, as a pattern of Java's.
    pub valid_git_url_regex: String,
    /// The accounts.
    pub accounts: Vec<GitAccount>,
}

impl Default for GitAccounts {
    fn default() -> Self {
        GitAccounts {
            enabled: false,
            git_executable: "git".to_owned(),
            valid_git_url_regex: r"((http|git|ssh|http(s))|(git@[\w\.]+))(:(\/\/)?)([\w\.@\:\/\-_~]+)(\/)?".to_owned(),
            accounts: Vec::new(),
        }
    }
}

/// `artifacts.git-repo.accounts`: for `http` and `https` a user with a password or a token, for `ssh` a key, or none.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GitAccount {
    /// The name.
    pub name: String,
    /// The user's name.
    pub username: Option<String>,
    /// The user's password; it counts before a token.
    #[serde(skip_serializing)]
    pub password: Option<Redacted<String>>,
    /// A token; without a user's name it is that of `token`.
    #[serde(skip_serializing)]
    pub token: Option<Redacted<String>>,
    /// A file with a token; it counts before that.
    pub token_file: Option<PathBuf>,
    /// A private key.
    pub ssh_private_key_file_path: Option<PathBuf>,
    /// The key's passphrase.
    #[serde(skip_serializing)]
    pub ssh_private_key_passphrase: Option<Redacted<String>>,
    /// A program that prints the passphrase; it counts before that.
    pub ssh_private_key_passphrase_cmd: Option<PathBuf>,
    /// The keys of known servers; by default those of the user that this program is.
    pub ssh_known_hosts_file_path: Option<PathBuf>,
    /// Whether any server is believed to be who it says; false by default.
    pub ssh_trust_unknown_hosts: bool,
    /// The servers that may be named, and with each those below it; by default all that `urlRestrictions` allows. They
    /// need not have a name that is allowed there.
    pub allowed_hosts: Vec<String>,
    /// Which addresses may be named; ours, with the defaults of the other kinds.
    pub url_restrictions: UrlRuleOptions,
}
