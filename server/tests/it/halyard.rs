//! `gennaker config import`.

use std::{fs, os::unix::fs::PermissionsExt as _};

use crate::client::{Ran, command};

const HALCONFIG: &str = "\
halyardVersion: 1.50.0
currentDeployment: default
deploymentConfigurations:
- name: default
  version: 1.30.0
  timezone: Europe/Berlin
  providers:
    kubernetes:
      enabled: true
      accounts:
      - name: prod
        kubeconfigFile: /no/such/kubeconfig
  persistentStorage:
    persistentStoreType: s3
    s3: {bucket: objects, region: eu-central-1, secretAccessKey: hunter2, accessKeyId: AKIA}
  notifications:
    slack: {enabled: true, token: hunter2}
";

fn folder(halconfig: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join("hal").join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("it is made");
        fs::write(path, text).expect("it is written");
    };
    write("config", halconfig);
    write("default/profiles/gate-local.yml", "server: {allowedHosts: [gate.example.com]}\n");
    write("default/profiles/settings-local.js", "window.x = 1;\n");
    write("default/profiles/echo.yml", "slack: {enabled: false}\n");
    write("default/service-settings/redis.yml", "overrideBaseUrl: redis://cache:6379\nskipLifeCycleManagement: true\n");
    write("default/service-settings/orca.yml", "port: 9083\nhost: 127.0.0.1\nenv: {JAVA_OPTS: -Xmx1g}\n");
    folder
}

fn import(folder: &tempfile::TempDir, more: &[&str]) -> Ran {
    let hal = folder.path().join("hal");
    let arguments = [&["config", "import", hal.to_str().expect("UTF-8")], more].concat();
    command(&arguments).current_dir(folder.path()).output().expect("it starts").into()
}

#[test]
fn a_folder_of_halyard_becomes_the_files_of_services() {
    let folder = folder(HALCONFIG);
    let ran = import(&folder, &["--to", "config"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    for expected in [
        "deployment default\n",
        "  timezone                              spinnaker.yml, global.spinnaker.timezone\n",
        "  providers.kubernetes                  clouddriver.yml, kubernetes\n",
        "  persistentStorage.s3                  front50.yml, spinnaker.s3\n",
        "  service-settings/redis.overrideBaseUrl  ",
        "not taken\n  version: it says which services",
        "  service-settings/redis.skipLifeCycleManagement: it says how Halyard installs the service\n",
        "  service-settings/orca.env: set them in the environment of the service: JAVA_OPTS\n",
        "echo.yml replaces it, as it does with Halyard\n",
        "  /no/such/kubeconfig  (not on this machine)\n",
        "written to config, readable by you only: clouddriver.yml, front50.yml, orca.yml, spinnaker.yml\n",
        "next: gennaker config check --config config\n",
    ] {
        let lines = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(lines(&ran.out).contains(&lines(expected)), "{expected}: {}", ran.out);
    }
    assert!(!ran.out.contains("hunter2"), "{}", ran.out);
    let config = folder.path().join("config");
    let read = |name: &str| fs::read_to_string(config.join(name)).unwrap();
    let front50 = "spinnaker:\n  s3:\n    bucket: objects\n    region: eu-central-1\n    secretKey: hunter2\n    accessKey: AKIA\n    enabled: true\n";
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(&read("front50.yml")), sorted(front50));
    assert_eq!(read("orca.yml"), "server:\n  port: 9083\n  address: \"127.0.0.1\"\n");
    assert!(read("spinnaker.yml").contains("  redis:\n    baseUrl: redis://cache:6379\n"), "{}", read("spinnaker.yml"));
    assert_eq!(read("settings-local.js"), "window.x = 1;\n");
    assert_eq!(read("echo.yml"), "slack: {enabled: false}\n");
    let mode = fs::metadata(config.join("front50.yml")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let again = import(&folder, &["--to", "config"]);
    assert!(again.code != 0 && again.err.contains("config is not empty"), "{again:?}");
    assert_eq!(import(&folder, &["--to", "config", "--force"]).code, 0);
}

#[test]
fn without_a_target_nothing_is_written() {
    let folder = folder(HALCONFIG);
    let ran = import(&folder, &[]);
    assert!(
        ran.code == 0
            && ran.out.ends_with(
                "nothing is written: add --to DIR for clouddriver.yml, front50.yml, orca.yml, spinnaker.yml\n"
            ),
        "{ran:?}"
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn what_is_no_folder_of_halyard_says_so() {
    let broken = import(&folder("deploymentConfigurations: [\n"), &[]);
    assert!(broken.code == 1 && broken.err.contains("hal/config: it is not YAML: line"), "{broken:?}");
    let other = import(&folder("name: x\n"), &[]);
    assert!(other.err.contains("key deploymentConfigurations is missing"), "{other:?}");
    let none = import(&folder(HALCONFIG), &["--deployment", "nope"]);
    assert!(
        none.err.contains("there is no deployment nope: name another with --deployment, there are default"),
        "{none:?}"
    );
    let missing = command(&["config", "import", "no-such-folder"]).output().unwrap();
    assert!(
        String::from_utf8(missing.stderr).unwrap().contains("no-such-folder is not there: name the folder of Halyard")
    );
}

#[test]
fn what_is_written_only_its_owner_may_read() {
    let folder = folder(HALCONFIG);
    let file = folder.path().join("config/front50.yml");
    fs::create_dir(folder.path().join("config")).expect("a folder");
    fs::write(&file, "old: true\n").expect("it is written");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("it is set");
    let ran = import(&folder, &["--to", "config", "--force"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    assert_eq!(fs::metadata(&file).expect("it is there").permissions().mode() & 0o777, 0o600);
}
